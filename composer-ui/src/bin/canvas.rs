//! The application with the pages that draw graphs.

fn main() {
    composer_ui::start_with_canvas();
}
