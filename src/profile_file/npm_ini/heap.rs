//! Owns the objects of one reading while npm ini's rules move them about, and afterwards.
//!
//! Refuses to nest Rust values: objects stand side by side and refer to each other by number, as JavaScript's do. One
//! object can so have two names for a while, and a name of a million dots overflows no stack when it is dropped.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Header;

/// Number of an object.
pub(super) type ObjectId = u32;

/// Number of a name in one of the objects.
pub(super) type SlotId = u32;

/// The object that npm ini returns.
pub(super) const TOP: ObjectId = 0;

/// End of a chain. A file has more bytes than objects and names, and is far shorter than this.
const NONE: u32 = u32::MAX;

/// Names up to which an object is searched one by one.
const FEW: u32 = 8;

/// A value as it is stored.
#[derive(Clone)]
pub(super) enum Stored<'t> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'t, str>),
    /// An object or an array.
    Object(ObjectId),
}

impl Stored<'_> {
    /// JavaScript's truth of a value. Only JSON gives numbers, so there is no NaN.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Object(_) => true,
        }
    }

    pub(super) fn object(&self) -> Option<ObjectId> {
        if let Self::Object(object) = self { Some(*object) } else { None }
    }
}

/// A name of an object and its value; those of one object are a chain. The items of an array have no name here.
struct Slot<'t> {
    key: Cow<'t, str>,
    value: Stored<'t>,
    line: u32,
    next: SlotId,
}

/// A header line; those of one object are a chain.
struct Heading<'t> {
    header: Header<'t>,
    next: u32,
}

/// An object or an array.
struct Node {
    first: SlotId,
    last: SlotId,
    count: u32,
    /// Its table in `Heap::tables`, once it has more than a few names.
    table: u32,
    array: bool,
    /// Whether a name is an integer, which JavaScript puts first.
    indexed: bool,
    first_heading: u32,
    last_heading: u32,
}

/// How much there was at a time, to forget what came later.
pub(super) struct Mark {
    nodes: usize,
    slots: usize,
    tables: usize,
}

/// All objects of one reading.
pub(super) struct Heap<'t> {
    nodes: Vec<Node>,
    slots: Vec<Slot<'t>>,
    headings: Vec<Heading<'t>>,
    tables: Vec<HashMap<Cow<'t, str>, SlotId>>,
}

impl<'t> Heap<'t> {
    /// A heap with an empty `TOP`.
    pub(super) fn new() -> Self {
        let mut heap = Self { nodes: Vec::new(), slots: Vec::new(), headings: Vec::new(), tables: Vec::new() };
        heap.object();
        heap
    }

    /// A new empty object.
    pub(super) fn object(&mut self) -> ObjectId {
        self.node(false)
    }

    /// A new empty array.
    pub(super) fn array(&mut self) -> ObjectId {
        self.node(true)
    }

    fn node(&mut self, array: bool) -> ObjectId {
        let id = number(self.nodes.len());
        self.nodes.push(Node {
            first: NONE,
            last: NONE,
            count: 0,
            table: NONE,
            array,
            indexed: false,
            first_heading: NONE,
            last_heading: NONE,
        });
        id
    }

    pub(super) fn is_array(&self, object: ObjectId) -> bool {
        self.nodes[object as usize].array
    }

    /// The slot of a name; an array has none.
    pub(super) fn find(&self, object: ObjectId, key: &str) -> Option<SlotId> {
        if self.is_array(object) {
            return None;
        }
        match self.tables.get(self.nodes[object as usize].table as usize) {
            Some(table) => table.get(key).copied(),
            None => self.slots(object).find(|slot| self.key(*slot) == key),
        }
    }

    /// The value of a name.
    pub(super) fn get(&self, object: ObjectId, key: &str) -> Option<&Stored<'t>> {
        self.find(object, key).map(|slot| self.value(slot))
    }

    /// Sets a name: in its place if it is there, else behind all others. An array takes no names.
    pub(super) fn set(&mut self, object: ObjectId, key: Cow<'t, str>, value: Stored<'t>, line: u32) {
        if self.is_array(object) {
            return;
        }
        if let Some(slot) = self.find(object, &key) {
            let slot = &mut self.slots[slot as usize];
            (slot.value, slot.line) = (value, line);
            return;
        }
        let node = &mut self.nodes[object as usize];
        node.indexed |= rank(&key) != NONE;
        if let Some(table) = self.tables.get_mut(node.table as usize) {
            table.insert(key.clone(), number(self.slots.len()));
        }
        self.append(object, Slot { key, value, line, next: NONE });
        let node = &self.nodes[object as usize];
        if node.count > FEW && node.table == NONE {
            let table = self.slots(object).map(|slot| (self.key(slot).clone(), slot)).collect();
            self.nodes[object as usize].table = number(self.tables.len());
            self.tables.push(table);
        }
    }

    /// Adds an item to an array.
    pub(super) fn push(&mut self, array: ObjectId, value: Stored<'t>, line: u32) {
        self.append(array, Slot { key: Cow::Borrowed(""), value, line, next: NONE });
    }

    fn append(&mut self, object: ObjectId, slot: Slot<'t>) {
        let id = number(self.slots.len());
        let node = &mut self.nodes[object as usize];
        match self.slots.get_mut(node.last as usize) {
            Some(last) => last.next = id,
            None => node.first = id,
        }
        node.last = id;
        node.count += 1;
        self.slots.push(slot);
    }

    /// Adds a header line to those that opened an object.
    pub(super) fn head(&mut self, object: ObjectId, header: Header<'t>) {
        let id = number(self.headings.len());
        let node = &mut self.nodes[object as usize];
        match self.headings.get_mut(node.last_heading as usize) {
            Some(last) => last.next = id,
            None => node.first_heading = id,
        }
        node.last_heading = id;
        self.headings.push(Heading { header, next: NONE });
    }

    /// The header lines that opened an object.
    pub(super) fn headers(&self, object: ObjectId) -> impl Iterator<Item = Header<'t>> {
        let mut next = self.nodes[object as usize].first_heading;
        std::iter::from_fn(move || {
            let heading = self.headings.get(next as usize)?;
            next = heading.next;
            Some(heading.header)
        })
    }

    /// The slots of an object or array; until [`Heap::sort`] in the order they were added in.
    pub(super) fn slots(&self, object: ObjectId) -> impl Iterator<Item = SlotId> {
        let mut next = self.nodes[object as usize].first;
        std::iter::from_fn(move || {
            let this = next;
            next = self.slots.get(this as usize)?.next;
            Some(this)
        })
    }

    /// How many names an object has, or items an array.
    pub(super) fn count(&self, object: ObjectId) -> usize {
        self.nodes[object as usize].count as usize
    }

    pub(super) fn key(&self, slot: SlotId) -> &Cow<'t, str> {
        &self.slots[slot as usize].key
    }

    pub(super) fn value(&self, slot: SlotId) -> &Stored<'t> {
        &self.slots[slot as usize].value
    }

    pub(super) fn line(&self, slot: SlotId) -> u32 {
        self.slots[slot as usize].line
    }

    /// Takes a value out of its slot, and its line.
    pub(super) fn take(&mut self, slot: SlotId) -> (Stored<'t>, u32) {
        let slot = &mut self.slots[slot as usize];
        (std::mem::replace(&mut slot.value, Stored::Null), slot.line)
    }

    /// The slots of an object in JavaScript's order: integers ascending, then the others as they were added.
    pub(super) fn ordered(&self, object: ObjectId) -> Vec<SlotId> {
        let mut slots: Vec<_> = self.slots(object).collect();
        if self.nodes[object as usize].indexed {
            slots.sort_by_key(|slot| rank(self.key(*slot)));
        }
        slots
    }

    /// Puts the slots of every object into JavaScript's order.
    pub(super) fn sort(&mut self) {
        for object in 0..number(self.nodes.len()) {
            if self.nodes[object as usize].indexed {
                let slots = self.ordered(object);
                self.relink(object, &slots);
            }
        }
    }

    /// Takes slots out of an object for good.
    pub(super) fn delete(&mut self, object: ObjectId, gone: Vec<SlotId>) {
        if gone.is_empty() {
            return;
        }
        let gone: HashSet<_> = gone.into_iter().collect();
        if let Some(table) = self.tables.get_mut(self.nodes[object as usize].table as usize) {
            table.retain(|_, slot| !gone.contains(slot));
        }
        let kept: Vec<_> = self.slots(object).filter(|slot| !gone.contains(slot)).collect();
        self.relink(object, &kept);
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

    /// Where the heap stands.
    pub(super) fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), slots: self.slots.len(), tables: self.tables.len() }
    }

    /// Forgets all objects since the mark; nothing before it may have been changed.
    pub(super) fn rewind(&mut self, to: &Mark) {
        self.nodes.truncate(to.nodes);
        self.slots.truncate(to.slots);
        self.tables.truncate(to.tables);
    }
}

/// Where JavaScript puts a name among others: canonical integers below 2^32 - 1 ascending, then the rest as they came.
pub(super) fn rank(key: &str) -> u32 {
    let canonical = key.len() <= 10 && (key == "0" || !key.starts_with('0'));
    if canonical && key.bytes().all(|byte| byte.is_ascii_digit()) { key.parse().unwrap_or(NONE) } else { NONE }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
