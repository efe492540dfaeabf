import LeewardCommands

@main struct Main {
    static func main() async { await LeewardProgram.main() }
}
