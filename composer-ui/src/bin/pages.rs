//! The application without the canvas.

fn main() {
    composer_ui::start();
}
