//! The application as it is loaded first.

fn main() {
    composer_ui::start();
}
