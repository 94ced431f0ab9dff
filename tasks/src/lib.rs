//! The task interface, its catalogue and the built-in tasks.
