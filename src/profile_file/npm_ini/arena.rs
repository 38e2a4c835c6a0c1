//! Objects addressed by number: two names can refer to one object, and deep nesting is dropped without recursion.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::profile_file::npm_ini::stored::{Header, ObjectId, Stored};

/// A named value in an object, or an item of an array.
pub(crate) type SlotId = u32;

pub(crate) const TOP: ObjectId = 0;

/// Ends a chain. Files are too short for this many objects.
const NONE: u32 = u32::MAX;

/// Objects with up to this many names are searched linearly.
const FEW: u32 = 16;

/// The slots of an object form a chain. Array items have no key.
struct Slot<'t> {
    key: Cow<'t, str>,
    value: Stored<'t>,
    line: u32,
    next: SlotId,
    /// The previous slot with the same hash in the same table.
    twin: SlotId,
}

struct ObjectNode {
    first: SlotId,
    last: SlotId,
    count: u32,
    /// Index in `Arena::tables` of an object with more than [`FEW`] names.
    table: u32,
    array: bool,
    /// Whether a name is an integer, which JavaScript sorts first.
    indexed: bool,
}

pub(crate) struct Mark {
    nodes: usize,
    slots: usize,
    tables: usize,
}

#[derive(Default)]
pub(crate) struct Arena<'t> {
    nodes: Vec<ObjectNode>,
    slots: Vec<Slot<'t>>,
    /// In file order; after [`Arena::sort`], in the order of the objects.
    headers: Vec<(ObjectId, Header<'t>)>,
    tables: Vec<Table>,
    hashes: RandomState,
}

/// Holds the last slot of each hash. A table of hashes needs a quarter of the memory of a table of names and is much
/// faster.
type Table = HashMap<u64, SlotId, BuildHasherDefault<Hashed>>;

/// Returns the key, which is already a hash.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<'t> Arena<'t> {
    pub(crate) fn new() -> Self {
        let mut arena = Self::default();
        arena.object();
        arena
    }

    pub(crate) fn object(&mut self) -> ObjectId {
        self.node(false)
    }

    pub(crate) fn array(&mut self) -> ObjectId {
        self.node(true)
    }

    fn node(&mut self, array: bool) -> ObjectId {
        let id = number(self.nodes.len());
        self.nodes.push(ObjectNode { first: NONE, last: NONE, count: 0, table: NONE, array, indexed: false });
        id
    }

    pub(crate) fn is_array(&self, object: ObjectId) -> bool {
        self.nodes[object as usize].array
    }

    /// Arrays have no named slots.
    pub(crate) fn find(&self, object: ObjectId, key: &str) -> Option<SlotId> {
        if self.is_array(object) {
            return None;
        }
        let Some(table) = self.tables.get(self.nodes[object as usize].table as usize) else {
            return self.slots(object).find(|slot| self.key(*slot) == key);
        };
        let mut slot = table.get(&self.hash(key)).copied()?;
        while self.slots.get(slot as usize)?.key != key {
            slot = self.slots[slot as usize].twin;
        }
        Some(slot)
    }

    pub(crate) fn get(&self, object: ObjectId, key: &str) -> Option<&Stored<'t>> {
        self.find(object, key).map(|slot| self.value(slot))
    }

    /// Replaces the value, or appends the name. Arrays ignore it.
    pub(crate) fn set(&mut self, object: ObjectId, key: Cow<'t, str>, value: Stored<'t>, line: u32) {
        let slot = self.find(object, &key);
        self.put(object, slot, key, value, line);
    }

    pub(crate) fn put(
        &mut self,
        object: ObjectId,
        slot: Option<SlotId>,
        key: Cow<'t, str>,
        value: Stored<'t>,
        line: u32,
    ) {
        let Some(slot) = slot else { return self.add(object, key, value, line) };
        let slot = &mut self.slots[slot as usize];
        (slot.value, slot.line) = (value, line);
    }

    pub(crate) fn put_object(&mut self, of: ObjectId, slot: Option<SlotId>, key: Cow<'t, str>, line: u32) -> ObjectId {
        let new = self.object();
        self.put(of, slot, key, Stored::Object(new), line);
        new
    }

    /// Appends a name that the object does not have yet. Arrays ignore it.
    fn add(&mut self, object: ObjectId, key: Cow<'t, str>, value: Stored<'t>, line: u32) {
        if self.is_array(object) {
            return;
        }
        let rank = rank(&key);
        let slot = self.append(object, key, value, line);
        let node = &mut self.nodes[object as usize];
        node.indexed |= rank != NONE;
        let table = node.table;
        if table != NONE {
            self.tabulate(table, slot);
        } else if node.count > FEW {
            let table = number(self.tables.len());
            node.table = table;
            self.tables.push(Table::default());
            for slot in self.slots(object).collect::<Vec<_>>() {
                self.tabulate(table, slot);
            }
        }
    }

    fn hash(&self, key: &str) -> u64 {
        let hash = self.hashes.hash_one(key);
        // Forces collisions in tests, which would not find any otherwise.
        if cfg!(test) { hash % 7 } else { hash }
    }

    fn tabulate(&mut self, table: u32, slot: SlotId) {
        let hash = self.hash(self.key(slot));
        if let Some(table) = self.tables.get_mut(table as usize)
            && let Some(twin) = table.insert(hash, slot)
        {
            self.slots[slot as usize].twin = twin;
        }
    }

    pub(crate) fn push(&mut self, array: ObjectId, value: Stored<'t>, line: u32) {
        self.append(array, Cow::Borrowed(""), value, line);
    }

    fn append(&mut self, object: ObjectId, key: Cow<'t, str>, value: Stored<'t>, line: u32) -> SlotId {
        let id = number(self.slots.len());
        let node = &mut self.nodes[object as usize];
        match self.slots.get_mut(node.last as usize) {
            Some(last) => last.next = id,
            None => node.first = id,
        }
        node.last = id;
        node.count += 1;
        self.slots.push(Slot { key, value, line, next: NONE, twin: NONE });
        id
    }

    pub(crate) fn add_header(&mut self, object: ObjectId, header: Header<'t>) {
        self.headers.push((object, header));
    }

    pub(crate) fn headers(&self, object: ObjectId) -> impl Iterator<Item = Header<'t>> {
        let start = self.headers.partition_point(|(of, _)| *of < object);
        self.headers[start..].iter().take_while(move |(of, _)| *of == object).map(|(_, header)| *header)
    }

    /// In insertion order until [`Arena::sort`].
    pub(crate) fn slots(&self, object: ObjectId) -> impl Iterator<Item = SlotId> {
        let mut next = self.nodes[object as usize].first;
        std::iter::from_fn(move || {
            let this = next;
            next = self.slots.get(this as usize)?.next;
            Some(this)
        })
    }

    pub(crate) fn count(&self, object: ObjectId) -> usize {
        self.nodes[object as usize].count as usize
    }

    pub(crate) fn key(&self, slot: SlotId) -> &Cow<'t, str> {
        &self.slots[slot as usize].key
    }

    pub(crate) fn value(&self, slot: SlotId) -> &Stored<'t> {
        &self.slots[slot as usize].value
    }

    pub(crate) fn line(&self, slot: SlotId) -> u32 {
        self.slots[slot as usize].line
    }

    pub(crate) fn take(&mut self, slot: SlotId) -> (Stored<'t>, u32) {
        let slot = &mut self.slots[slot as usize];
        (std::mem::replace(&mut slot.value, Stored::Null), slot.line)
    }

    /// JavaScript's order: integers ascending, then the others in insertion order.
    pub(crate) fn ordered(&self, object: ObjectId) -> Vec<SlotId> {
        let mut slots: Vec<_> = self.slots(object).collect();
        if self.nodes[object as usize].indexed {
            slots.sort_by_cached_key(|slot| rank(self.key(*slot)));
        }
        slots
    }

    pub(crate) fn sort(&mut self) {
        for object in 0..number(self.nodes.len()) {
            if self.nodes[object as usize].indexed {
                let slots = self.ordered(object);
                self.relink(object, &slots);
            }
        }
        // Usually the headers are sorted, and this avoids the buffer that sorting allocates.
        if !self.headers.is_sorted_by_key(|(object, _)| *object) {
            self.headers.sort_by_key(|(object, _)| *object);
        }
    }

    /// The slots must be in insertion order.
    pub(crate) fn delete(&mut self, object: ObjectId, gone: &[SlotId]) {
        let mut gone = gone.iter().copied().peekable();
        if gone.peek().is_none() {
            return;
        }
        let kept: Vec<_> = self.slots(object).filter(|slot| gone.next_if_eq(slot).is_none()).collect();
        self.relink(object, &kept);
        let table = self.nodes[object as usize].table;
        if let Some(names) = self.tables.get_mut(table as usize) {
            names.clear();
            for slot in kept {
                self.slots[slot as usize].twin = NONE;
                self.tabulate(table, slot);
            }
        }
    }

    fn relink(&mut self, object: ObjectId, slots: &[SlotId]) {
        let node = &mut self.nodes[object as usize];
        node.count = number(slots.len());
        node.first = slots.first().copied().unwrap_or(NONE);
        node.last = slots.last().copied().unwrap_or(NONE);
        for (at, slot) in slots.iter().enumerate() {
            self.slots[*slot as usize].next = slots.get(at + 1).copied().unwrap_or(NONE);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), slots: self.slots.len(), tables: self.tables.len() }
    }

    /// Removes all objects added since the mark. Older ones must not have changed.
    pub(crate) fn rewind(&mut self, to: &Mark) {
        self.nodes.truncate(to.nodes);
        self.slots.truncate(to.slots);
        self.tables.truncate(to.tables);
    }
}

/// JavaScript's rank of a name: canonical integers below 2^32 - 1 ascending, then all others.
pub(crate) fn rank(key: &str) -> u32 {
    let canonical = key.len() <= 10 && (key == "0" || !key.starts_with('0'));
    if canonical && key.bytes().all(|byte| byte.is_ascii_digit()) { key.parse().unwrap_or(NONE) } else { NONE }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_equal_hash_are_found_after_deletion() {
        let mut arena = Arena::new();
        let name = |number: u32| Cow::Owned(format!("name {number}"));
        for number in 0..100 {
            arena.set(TOP, name(number), Stored::Null, number);
            arena.set(TOP, name(number), Stored::Bool(true), number);
        }
        let line = |arena: &Arena<'_>, number| arena.find(TOP, &name(number)).map(|slot| arena.line(slot));
        assert!((0..100).all(|number| line(&arena, number) == Some(number)) && line(&arena, 100).is_none());
        let odd: Vec<_> = arena.slots(TOP).skip(1).step_by(2).collect();
        arena.delete(TOP, &odd);
        assert!((0..100).all(|number| line(&arena, number) == (number % 2 == 0).then_some(number)));
        assert_eq!(arena.count(TOP), 50);
    }

    #[test]
    fn canonical_integers_rank_first() {
        let ranks = ["0", "10", "4294967294", "4294967295", "00", "01", "-1", "1.0", "", "a"].map(rank);
        assert_eq!(ranks, [0, 10, 4_294_967_294, NONE, NONE, NONE, NONE, NONE, NONE, NONE]);
    }
}
