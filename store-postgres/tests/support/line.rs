//! A line to the server that can fail.

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It carries bytes.
    Up,
    /// It carries nothing, and nobody is told.
    Silent,
    /// Connections are closed, and no new ones are taken.
    Down,
}

/// Carries connections to the server, until told otherwise.
pub(crate) struct Line {
    /// The URL of a database at the other end.
    pub(crate) url: String,
    state: watch::Sender<State>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Line {
    /// A line to the server of a URL, which must name host and port.
    pub(crate) async fn to(url: &str) -> Self {
        let (before, name) = url.rsplit_once('/').unwrap();
        let (user, server) = before.rsplit_once('@').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (state, watched) = watch::channel(State::Up);
        let server = server.to_owned();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, watched.clone()));
            }
        });
        Self {
            url: format!("{user}@{address}/{name}"),
            state,
            accepting,
        }
    }

    pub(crate) async fn set(&mut self, state: State) {
        self.state.send_replace(state);
        if state == State::Down {
            self.accepting.abort();
            let _aborted = (&mut self.accepting).await;
        }
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, mut watched: watch::Receiver<State>) {
    let mut line = watched.clone();
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
        _ = line.wait_for(|state| *state != State::Up) => {}
    }
    let _down_or_dropped = watched.wait_for(|state| *state == State::Down).await;
}
