import LeewardModel
import LeewardProviders
import Logging
import Synchronization

/// The pages that are open now; the engine's loop writes them down and never waits for who reads them (L12).
final class PageBoard: Sendable {
    private let pages = Mutex<[OpenPage]>([])
    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init() {
        (self.bells, self.bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var open: [OpenPage] { self.pages.withLock { $0 } }
    /// One element whenever they should be told; one reader only.
    var rings: AsyncStream<Void> { self.bells }

    func ring() { self.bell.yield() }

    func publish(_ pages: [OpenPage]) {
        let isNew = self.pages.withLock { kept in
            defer { kept = pages }
            return kept != pages
        }
        if isNew { self.ring() }
    }
}

/// Tells a second channel which pages are open, at once and again and again.
///
/// It reads the board anew each time, so nothing queues up behind a channel that is slow or dead.
struct PageCaller: Sendable {
    let port: any PagePort
    let board: PageBoard
    let clock: RuntimeClock
    let paces: Paces
    let logger: Logger

    /// Until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await self.clock.sleep(self.paces.pageAgain)) != nil { self.board.ring() }
            }
            await self.tell()
            group.cancelAll()
        }
    }

    private func tell() async {
        var told: [OpenPage] = []
        var problem: String?
        for await _ in self.board.rings {
            let open = self.board.open
            let closed = told.filter { !open.contains($0) }
            guard !open.isEmpty || !closed.isEmpty else { continue }
            let port = self.port
            let attempt = Attempt<ProviderError?> {
                do throws(ProviderError) {
                    try await port.tell(open: open, closed: closed)
                    return nil
                } catch { return error }
            }
            switch await attempt.value(within: self.paces.pageLimit, self.clock) {
            case .some(.none):
                told = open
                if problem != nil { self.logger.info("the second page channel answers again") }
                problem = nil
            case .some(.some(let error)): problem = self.failed(error.description, problem)
            case .none:
                problem = self.failed("no answer within \(self.paces.pageLimit)", problem)
                await attempt.end()
            }
            guard problem != nil else { continue }
            // Half a minute is all that a page may take (L09).
            guard (try? await self.clock.sleep(self.paces.pageRetry)) != nil else { return }
            self.board.ring()
        }
    }

    private func failed(_ reason: String, _ before: String?) -> String {
        if reason != before, !Task.isCancelled {
            self.logger.error("pages reach the log only; the second channel fails: \(reason)")
        }
        return reason
    }
}
