//! The loop of a session.

use std::time::Duration;

use lsp_server::{Connection, Message};

use super::host::Host;
use super::server::Server;

/// How long nothing is typed before a project is surveyed.
const PAUSE: Duration = Duration::from_millis(300);

/// Serves a client until it is done. Whether the session ended in order: `shutdown`, then `exit`.
pub fn serve(connection: &Connection, host: &mut dyn Host) -> bool {
    let mut server = Server::new();
    let mut gone = false;
    loop {
        if let Some(in_order) = server.exited() {
            return in_order;
        }
        let mut out = Vec::new();
        if server.is_idle() && !gone {
            // Without a survey to make, there is nothing to wake up for.
            let pause = if server.is_restless() { PAUSE } else { Duration::from_secs(3600) };
            match connection.receiver.recv_timeout(pause) {
                Ok(message) => out.extend(server.receive(message)),
                Err(error) if error.is_timeout() => out.extend(server.rest(host)),
                Err(_) => gone = true,
            }
        }
        while let Ok(message) = connection.receiver.try_recv() {
            out.extend(server.receive(message));
        }
        if !server.is_idle() {
            out.extend(server.step(host));
        } else if gone {
            return false;
        }
        if !send(connection, out) {
            return server.exited().unwrap_or(false);
        }
    }
}

/// Whether the client still takes messages.
fn send(connection: &Connection, messages: Vec<Message>) -> bool {
    messages.into_iter().all(|message| connection.sender.send(message).is_ok())
}
