import GRDB

/// Tables and triggers: the database itself keeps the sequence gapless and the entries unchanged (S43).
enum JournalSchema {
    static let version = 1

    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE entry (
                    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
                    evacuation TEXT,
                    payload TEXT NOT NULL,
                    hash BLOB NOT NULL CHECK (length(hash) = 32)
                ) STRICT;
                CREATE INDEX entry_by_evacuation ON entry (evacuation, sequence);
                CREATE TABLE quarantine (
                    id INTEGER PRIMARY KEY,
                    sequence INTEGER NOT NULL,
                    payload TEXT NOT NULL,
                    hash BLOB NOT NULL,
                    reason TEXT NOT NULL
                ) STRICT;
                CREATE TRIGGER entry_is_gapless BEFORE INSERT ON entry
                WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
                BEGIN SELECT raise(ABORT, 'the sequence must be gapless (S43)'); END;
                CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
                BEGIN SELECT raise(ABORT, 'entries are never changed (S43)'); END;
                CREATE TRIGGER entry_stays BEFORE DELETE ON entry
                WHEN OLD.sequence <> (SELECT max(sequence) FROM entry)
                    OR NOT EXISTS (
                        SELECT 1 FROM quarantine WHERE sequence = OLD.sequence AND hash = OLD.hash
                    )
                BEGIN SELECT raise(ABORT, 'only a torn last entry may be set aside (S43)'); END;
                PRAGMA user_version = 1;
                """
        )
    }
}
