//! How a world begins: a vault on the first device, the others linked to it, everybody connected.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use haven_core::shelf::Shelf;
use haven_engine::command::{Command, ServerChoice};
use haven_engine::io::Store;
use haven_engine::vault::{create_with, local_key};
use haven_store::memory::MemoryStore;

use super::mischief::Unrest;
use super::{DEVICES, World};
use crate::chance::Chance;
use crate::device::{Asked, Device};
use crate::model::Model;
use crate::nature::Nature;
use crate::server::SimServer;

/// How many founded vaults the worlds share: making keys takes longer than most of what happens with them.
const FOUNDED: usize = 16;

/// What comes with Haven, read once.
static SHELF: LazyLock<Result<Shelf, String>> =
    LazyLock::new(|| Shelf::built_in().map_err(|_| "what comes with Haven cannot be read".to_owned()));

static VAULTS: [OnceLock<Result<Founded, String>>; FOUNDED] = [const { OnceLock::new() }; FOUNDED];

/// A vault on three disks and a server, as founding and linking leave them.
struct Founded {
    disks: Vec<([u8; 32], MemoryStore)>,
    server: SimServer,
    now_ms: u64,
}

impl Founded {
    fn of(seed: u64) -> Result<Self, String> {
        let world = World::begin(seed)?;
        let disks = world.devices.iter().map(|device| (device.key, device.disk.disk().snapshot())).collect();
        Ok(Self { disks, server: world.server, now_ms: world.now_ms })
    }
}

impl World {
    /// A vault that is founded and linked from nothing.
    pub(super) fn begin(seed: u64) -> Result<Self, String> {
        let mut chance = Chance::new(seed);
        let server = SimServer::new(&mut chance);
        let mut world = Self::with(server, chance)?;
        world.found()?;
        world.settle()?;
        for device in 1..DEVICES {
            world.join(0, device)?;
            world.settle()?;
        }
        Ok(world)
    }

    /// The same, with keys that were made for other worlds.
    pub(super) fn begun(seed: u64) -> Result<Self, String> {
        let which = seed % FOUNDED as u64;
        let place = usize::try_from(which).unwrap_or_default();
        let founded = VAULTS[place].get_or_init(|| Founded::of(which)).as_ref().map_err(String::clone)?;
        let mut world = Self::with(founded.server.twin(), Chance::new(seed))?;
        world.now_ms = founded.now_ms;
        for (key, disk) in &founded.disks {
            world.devices.push(Device::new(disk.snapshot(), *key, world.shelf.clone()));
            world.open(world.devices.len() - 1)?;
        }
        world.settle()?;
        Ok(world)
    }

    fn with(server: SimServer, chance: Chance) -> Result<Self, String> {
        Ok(Self {
            shelf: SHELF.clone()?,
            server,
            devices: Vec::new(),
            connected: BTreeMap::new(),
            next_connection: 0,
            now_ms: 0,
            model: Model::default(),
            drafts: BTreeMap::new(),
            trace: Vec::new(),
            words: Vec::new(),
            file: Vec::new(),
            nature: Nature::CALM,
            removed: BTreeMap::new(),
            unrest: Unrest::default(),
            chance,
        })
    }

    fn found(&mut self) -> Result<(), String> {
        let key = self.chance.bytes();
        let created =
            create_with(local_key(key), vec![1], "Laptop", &mut self.chance).map_err(|f| f.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).map_err(|fault| fault.to_string())?;
        self.devices.push(Device::new(disk, key, self.shelf.clone()));
        self.open(0)?;
        let (server_key, invite) = self.server.introduction();
        let choice = ServerChoice { url: "http://sim".into(), server_key, invite: Some(invite) };
        match self.devices[0].ask(Command::SetServer(choice), self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(_)) => Ok(()),
            _ => Err("the server was not set".into()),
        }
    }
}
