import LeewardLab

@main
enum LeewardLabMain {
    static func main() async { await LabCommand.start() }
}
