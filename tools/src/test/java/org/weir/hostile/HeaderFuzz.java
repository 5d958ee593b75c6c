package org.weir.hostile;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.MalformedCheckpointException;
import org.weir.checkpoint.MappedTensor;
import org.weir.hostile.FormatRules.Tensor;
import org.weir.hostile.HostileFile.Verdict;

/** Asks the parser and {@link FormatRules} about the same file, and stops where they differ. */
final class HeaderFuzz {
    /** Files in hexadecimal, a line each: those that reach code that the corpus does not, or once showed a difference. */
    private static final Path FOUND = Path.of("src/test/resources/org/weir/hostile/headers.hex");

    private final Path file;

    /** How many files were looked at, and how many were good. */
    record Count(long files, long accepted, long refused, long stricter) {
        Count plus(Verdict verdict) {
            return new Count(
                    files + 1,
                    accepted + (verdict == Verdict.ACCEPTED ? 1 : 0),
                    refused + (verdict == Verdict.REFUSED ? 1 : 0),
                    stricter + (verdict == Verdict.REFUSED_UNLIKE_THE_REFERENCE ? 1 : 0));
        }

        @Override
        public String toString() {
            return "%,d headers, %,d accepted, %,d refused, %,d refused unlike the reference; verdicts as by the rules"
                    .formatted(files, accepted, refused, stricter);
        }
    }

    HeaderFuzz(Path folder) {
        this.file = folder.resolve("x.safetensors");
    }

    static List<byte[]> found() throws IOException {
        return Files.readAllLines(FOUND).stream().map(HexFormat.of()::parseHex).toList();
    }

    Count run(long seed, long files) throws IOException {
        HeaderMutator mutator = new HeaderMutator();
        Count count = new Count(0, 0, 0, 0);
        for (long i = 0; i < files; i++) {
            byte[] bytes = mutator.file(seed + i);
            try {
                count = count.plus(check(bytes));
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(
                        "file " + (seed + i) + ": " + HexFormat.of().formatHex(bytes), e);
            }
        }
        return count;
    }

    /** The verdict that both have on these bytes. */
    Verdict check(byte[] bytes) throws IOException {
        FormatRules.Finding expected = FormatRules.of(bytes);
        Files.deleteIfExists(file); // truncating it instead, ext4 would send every one of them to the disk
        Files.write(file, bytes);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            if (expected.verdict() != Verdict.ACCEPTED) {
                throw new AssertionError("taken, but by the rules " + expected.verdict());
            }
            compare(expected.tensors(), checkpoint.tensors(), checkpoint.headerBytes());
        } catch (MalformedCheckpointException e) {
            if (expected.verdict() == Verdict.ACCEPTED) {
                throw new AssertionError("refused, but by the rules good", e);
            }
            Said.assertOneLine(String.valueOf(e.getMessage()));
        }
        return expected.verdict();
    }

    private static void compare(Map<String, Tensor> expected, List<MappedTensor> found, long headerBytes) {
        boolean same = expected.size() == found.size();
        for (MappedTensor tensor : found) {
            Tensor wanted = expected.get(tensor.info().name());
            same &= wanted != null
                    && wanted.dtype().equals(tensor.info().dtype().name())
                    && wanted.shape()
                            .equals(tensor.info().shape().dims().stream()
                                    .map(BigInteger::valueOf)
                                    .toList())
                    && wanted.begin().longValueExact() == tensor.offsetBytes() - headerBytes
                    && wanted.end().longValueExact() - wanted.begin().longValueExact()
                            == tensor.info().bytes();
        }
        if (!same) {
            throw new AssertionError("other tensors: " + found + ", by the rules " + expected);
        }
    }
}
