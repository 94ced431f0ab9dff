//! The browser application as a person uses it: a real Chromium on a real `moneyflow up`, by pointer, keys, wheel and
//! clipboard. One test tells one story; what a failing one saw is kept in the target directory.

mod accounts;
mod by_keys;
mod by_mouse;
mod checking;
mod connecting;
mod editor;
mod exchange;
mod figures;
mod for_everybody;
mod forms;
mod lists;
mod looking;
mod money;
mod moneyflow;
mod monkey;
mod nodes;
mod of_ids;
mod order_rule;
mod pages;
mod saving;
mod seed_flow;
mod stage;
mod two_currencies;
mod undoing;
