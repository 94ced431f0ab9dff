//! The whole application.

fn main() {
    composer_ui::start_with_canvas();
}
