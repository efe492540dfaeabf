import Foundation
import GRDB

/// Changes the second entry behind the journal's back, as a bad disk would.
func damage(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { database in
        try database.execute(sql: "DROP TRIGGER entry_is_final")
        try database.execute(sql: "UPDATE entry SET payload = payload || ' ' WHERE sequence = 2")
    }
    try queue.close()
}
