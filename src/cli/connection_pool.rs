use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use crate::cli::context::Context;
use crate::core::origin::Located;
use crate::sts::connections::Connections;
use crate::sts::proxy::Proxies;

/// The connections of one command, by their certificate authorities. A second profile needs no second handshake.
#[derive(Default)]
pub(crate) struct ConnectionPool(RefCell<Vec<PooledConnections>>);

struct PooledConnections {
    roots: Option<Located<PathBuf>>,
    connections: Rc<Connections>,
}

impl ConnectionPool {
    pub(crate) fn get(&self, context: &Context, roots: Option<Located<PathBuf>>) -> Rc<Connections> {
        let mut known = self.0.borrow_mut();
        if let Some(pooled) = known.iter().find(|pooled| pooled.roots == roots) {
            return pooled.connections.clone();
        }
        let connections = Rc::new(Connections::new(roots.clone(), Proxies::of(&context.env)));
        known.push(PooledConnections { roots, connections: connections.clone() });
        connections
    }
}
