import LeewardModel

extension DNSZone {
    /// Sends one update to one server and says what is known afterwards.
    ///
    /// Updates go over TCP: a connection that is not accepted proves that nothing was sent, where a lost datagram
    /// would leave the outcome unknown.
    func send(_ message: DNSMessage, to server: DNSServerAddress, new: SnapshotMark) async -> Outcome {
        let request: TSIG.Signed
        do {
            request = try TSIG.sign(message, key: self.key, time: self.time())
        } catch {
            return .refused("the update cannot be written as one message: \(error)")
        }
        let bytes: [UInt8]
        do {
            bytes = try await DNSExchange(server, within: self.callTimeout).stream(request.bytes)
        } catch {
            switch error {
            case .notSent(let reason): return .failed(reason)
            case .noAnswer(let reason): return .unknown("the update was sent, but \(reason); read back before retrying")
            }
        }
        let failure: TSIG.Failure
        do {
            let answer = try TSIG.verify(bytes, key: self.key, requestMAC: request.mac, time: self.time())
            guard answer.isAnswer, answer.operation == .update, answer.id == message.id else {
                return .unknown("the signed answer is none to this update; read back before retrying")
            }
            return await self.outcome(of: answer.code, at: server, new: new)
        } catch {
            failure = error
        }
        return self.outcome(of: failure, bytes, id: message.id)
    }

    /// What a signed answer's code means.
    private func outcome(of code: DNSCode, at server: DNSServerAddress, new: SnapshotMark) async -> Outcome {
        switch code {
        case .noError: .done
        case .nameError, .nameExists, .setExists, .setMissing: await self.afterFailedPrerequisite(code, server, new)
        default: self.withoutEffect(code, isSigned: true)
        }
    }

    /// The zone is not as the update expected: because this very update landed before, or because another writer's did.
    private func afterFailedPrerequisite(
        _ code: DNSCode,
        _ server: DNSServerAddress,
        _ new: SnapshotMark
    ) async -> Outcome {
        let found: SnapshotMark?
        do {
            found = try await self.mark(DNSExchange(server, within: self.reportTimeout))
        } catch {
            return .unknown("a prerequisite failed (\(code)) and the marker could not be read back: \(error)")
        }
        guard let found else { return .refused("a prerequisite failed (\(code)): the zone has no marker") }
        // The epoch may differ: a new leader that retries the old one's update finds it with the old one's epoch.
        if found.key == new.key, found.generation == new.generation { return .done }
        return .refused(
            "a prerequisite failed (\(code)): the marker is now generation \(found.generation), epoch \(found.epoch), "
                + "key \(found.key)"
        )
    }

    /// Codes with which a server says that it changed nothing.
    private func withoutEffect(_ code: DNSCode, isSigned: Bool) -> Outcome {
        switch code {
        case .serverFailure: .failed("the server answers SERVFAIL; its log says why")
        case .refused:
            .failed(
                "the server answers REFUSED: it is throttling, or its policy does not allow key \(self.key.name) "
                    + "to update zone \(self.spec.name)"
                    // PowerDNS answers a wrong signature like this, without saying more.
                    + (isSigned ? "" : ", or the key's secret or the clocks of the two machines differ")
            )
        case .notAuthoritative:
            .refused(
                "the server answers NOTAUTH: it is not a primary of zone \(self.spec.name), or it does not accept key "
                    + "\(self.key.name); correct `zone.servers` or the key on the server"
            )
        case .notImplemented:
            .refused("the server answers NOTIMP: switch dynamic updates (RFC 2136) on for zone \(self.spec.name)")
        default: .refused("the server answers \(code) to the update")
        }
    }

    /// What can be said when the answer carries no signature that proves it.
    private func outcome(of failure: TSIG.Failure, _ bytes: [UInt8], id: UInt16) -> Outcome {
        switch failure {
        case .keyUnknown:
            .refused("the server does not know key \(self.key.name) (BADKEY); add it there or correct `zone.key`")
        case .signatureRejected:
            .refused(
                "the server finds the signature wrong (BADSIG): its secret for key \(self.key.name) is not the one in "
                    + self.spec.keyFile
            )
        case .clocksDiffer(let seconds):
            .refused("the server's clock differs by \(seconds) s (BADTIME); synchronise both machines' clocks")
        case .other(let number): .refused("the server rejects the signature (TSIG error \(number))")
        case .unsigned: self.outcome(ofUnsigned: bytes, id: id)
        case .outsideWindow(let seconds):
            .unknown("the answer was signed \(seconds) s from now; synchronise both machines' clocks, then read back")
        case .badMAC, .malformed:
            .unknown("the answer's signature is wrong, it proves nothing; read back before retrying")
        }
    }

    /// An unsigned refusal is believed, since trying again is safe; an unsigned success or comparison is not.
    private func outcome(ofUnsigned bytes: [UInt8], id: UInt16) -> Outcome {
        guard let answer = try? DNSMessage(decoding: bytes), answer.isAnswer, answer.id == id,
            answer.operation == .update
        else { return .unknown("the answer is none to this update; read back before retrying") }
        switch answer.code {
        case .noError, .nameError, .nameExists, .setExists, .setMissing:
            return .unknown("the answer \(answer.code) is not signed, it proves nothing; read back before retrying")
        default: return self.withoutEffect(answer.code, isSigned: false)
        }
    }
}
