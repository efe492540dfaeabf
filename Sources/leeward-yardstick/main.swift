import Foundation

// A development tool: the product's own pure rooms, measured by yardsticks from outside. Never installed.
switch CommandLine.arguments.dropFirst() {
case ["detect"]: Detect.run()
default:
    let usage = "usage: leeward-yardstick detect      rows and ticks on stdin, events on stdout\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
}
