package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every system call with which a merge writes, syncs and renames fails once, at the kernel: the merge ends with one line,
 * the output is not there or the old one, and the same command then makes the same bytes.
 */
@Timeout(600)
class FailingCallsTest {
    /** Of an error, which says nothing to those who read it. */
    private static final Pattern NUMBER = Pattern.compile("error \\d");

    private static final String CALLS = "pwrite64,fsync,fdatasync,rename,renameat2,fallocate,ftruncate,openat";

    private static final byte[] OLD = {1, 2, 3};
    private static final String GOES_ON = ": goes on with a merge that was interrupted";

    @TempDir
    private static Path folder;

    private static SmallMerge merge = new SmallMerge(Path.of(""), Map.of());

    @TempDir
    private Path temp;

    /** What the merge finds. */
    enum Start {
        NOTHING {
            @Override
            void prepare(Path out) {}
        },
        AN_OLD_CHECKPOINT {
            @Override
            void prepare(Path out) throws IOException {
                Files.write(Files.createDirectories(out).resolve("model.safetensors"), OLD);
            }
        },
        WHAT_A_MERGE_LEFT {
            @Override
            void prepare(Path out) throws Exception {
                Path last = out.resolveSibling("out.staging/merge-manifest.json");
                try (Strace _ = Strace.failing(out.resolveSibling("strace.log"), "pwrite64", "EIO", 1, last)) {
                    assertEquals(ExitCode.IO, merge.into(out).code());
                }
            }
        },
        /** One range is finished, and damaged: so the first write is a tile's, and no header's hides it. */
        WHAT_A_MERGE_BEGAN {
            @Override
            void prepare(Path out) throws Exception {
                Path shard = out.resolveSibling("out.staging/model.safetensors");
                Strace strace = Strace.failing(out.resolveSibling("strace.log"), "pwrite64", "EIO", 2, shard);
                try (strace) {
                    assertEquals(ExitCode.IO, merge.into(out).code());
                }
                List<Long> written = strace.calls().stream()
                        .filter(call -> !call.isInjected() && call.offsetBytes() > 0)
                        .map(Strace.Call::offsetBytes)
                        .toList();
                assertEquals(1, written.size());
                try (RandomAccessFile bytes = new RandomAccessFile(shard.toFile(), "rw")) {
                    bytes.seek(written.getFirst());
                    int old = bytes.read();
                    bytes.seek(written.getFirst());
                    bytes.write(old ^ 1);
                }
            }
        };

        abstract void prepare(Path out) throws Exception;
    }

    /** The k-th such call of a thread on a file, which is named from the output's parent. */
    private record Failure(String call, String error, int k, Path file) {
        Path place(Path out) {
            return out.resolveSibling(file).normalize();
        }

        /** Room that is not reserved comes with the writes, and some files are opened to give advice. */
        boolean mayBeHarmless() {
            return call.equals("fallocate") || call.equals("openat");
        }

        /** A signal came in between: nothing has failed, and it is to be asked again. */
        boolean isOnlyInterrupted() {
            return error.equals("EINTR");
        }

        /** The one that gives the output its name. */
        boolean isPublishing() {
            return call.startsWith("rename") && file.endsWith("out.staging");
        }

        /** The data may be lost. */
        boolean isFinal() {
            return call.equals("fsync") && !file.endsWith("out.staging.lock");
        }
    }

    /** What a call is about: what is written at the beginning of a file is a header, or something small as a whole. */
    private record Kind(String call, Path file, boolean atBeginning) {
        static Kind of(Strace.Call call, Path out) {
            return new Kind(call.name(), out.getParent().relativize(call.path()), call.offsetBytes() == 0);
        }
    }

    @BeforeAll
    static void makeTheMerge() throws Exception {
        Strace.require();
        merge = SmallMerge.in(folder);
    }

    @ParameterizedTest
    @EnumSource
    void eachEndsTheMergeWithOneLineAndTheSameCommandGoesOn(Start start) throws Exception {
        Path watched = Files.createDirectory(temp.resolve("watched")).resolve("out");
        start.prepare(watched);
        List<Strace.Call> calls = watched(watched);
        Set<Kind> failed = new HashSet<>();
        for (Failure failure : failures(calls, watched, start)) {
            Path out = Files.createTempDirectory(temp, "case").resolve("out");
            start.prepare(out);
            Ran ran = failing(failure, out, failed);
            assertTrue(!failure.isOnlyInterrupted() || ran.code() == ExitCode.DONE, failure + "\n" + ran.err());
            boolean harmless = failure.isOnlyInterrupted() || failure.mayBeHarmless() && ran.code() == ExitCode.DONE;
            if (!harmless) {
                assertEnded(failure, start, out, ran);
            }
            Ran again = merge.into(out, "--overwrite");
            assertEquals(ExitCode.DONE, again.code(), failure + "\n" + again.err());
            boolean left = start == Start.WHAT_A_MERGE_LEFT || failure.isPublishing();
            boolean goesOn = left && !harmless && !failure.isFinal();
            assertTrue(!goesOn || again.err().contains(GOES_ON), failure + "\n" + again.err());
            merge.assertDone(out);
        }
        Set<Kind> kinds = calls.stream()
                .filter(call -> errors(call.name(), start).length > 0)
                .map(call -> Kind.of(call, watched))
                .collect(Collectors.toSet());
        Kind tile = new Kind("pwrite64", Path.of("out.staging/model.safetensors"), false);
        Kind journal = new Kind("pwrite64", Path.of("out.staging.journal"), false);
        if (start == Start.WHAT_A_MERGE_BEGAN) {
            assertTrue(kinds.containsAll(Set.of(tile, journal)), kinds::toString);
        } else {
            kinds.remove(journal); // hidden by its beginning, which another thread writes
        }
        assertEquals(Set.of(), without(kinds, failed), "these happened and did not fail");
        assertEquals(start != Start.WHAT_A_MERGE_LEFT, kinds.contains(tile));
    }

    private static Set<Kind> without(Set<Kind> some, Set<Kind> others) {
        return some.stream().filter(kind -> !others.contains(kind)).collect(Collectors.toSet());
    }

    private static void assertEnded(Failure failure, Start start, Path out, Ran ran) throws IOException {
        String what = failure + "\n" + ran.err() + SmallMerge.names(out.getParent());
        List<String> problems = ran.errLines().stream()
                .filter(line -> line.startsWith("weir: ") && !line.contains(GOES_ON))
                .toList();
        assertEquals(ExitCode.IO, ran.code(), what);
        assertEquals(1, problems.size(), what);
        assertTrue(problems.getFirst().contains(failure.place(out).toString()), what);
        assertFalse(NUMBER.matcher(problems.getFirst()).find(), what);
        assertEquals(start == Start.AN_OLD_CHECKPOINT, Files.exists(out), what);
        if (start == Start.AN_OLD_CHECKPOINT) {
            assertArrayEquals(OLD, Files.readAllBytes(out.resolve("model.safetensors")), what);
        }
        if (failure.isFinal()) {
            assertEquals(List.of(), SmallMerge.staged(out), what);
        }
        if (failure.isPublishing()) {
            assertTrue(problems.getFirst().contains("the finished output is in " + failure.place(out)), what);
        }
    }

    /** The kernel may tell the one who waits for a part of a file, and nobody afterwards. */
    @Test
    void aPartThatDidNotArriveIsNotForgotten() throws Exception {
        Path models = temp.resolve("models");
        Ran synth = Ran.weir("synth", models, "--experts", 1, "--hidden", 1024, "--vocab", 16384, "--layers", 1);
        assertEquals(ExitCode.DONE, synth.code(), synth.err());
        Path config = Files.writeString(temp.resolve("linear.yml"), """
                merge_method: linear
                models: [{model: %1$s/base}, {model: %1$s/expert-1}]
                parameters: {weight: 1}
                """.formatted(models));
        Path out = temp.resolve("out");
        Path shard = temp.resolve("out.staging/model.safetensors");
        int firstThatWaits = 4;
        Ran ran;
        try (Strace _ = Strace.failing(temp.resolve("log"), "sync_file_range", "EIO", firstThatWaits, shard)) {
            ran = Ran.weir("merge", config, out, "-j", 1);
        }
        assertEquals(ExitCode.IO, ran.code(), ran.err());
        assertTrue(ran.err().contains(shard + ": cannot be brought to the disk: a write to it has failed"), ran.err());
        assertEquals(List.of("linear.yml", "log", "models"), SmallMerge.names(temp));
    }

    /** @param failed takes in which calls did */
    private static Ran failing(Failure failure, Path out, Set<Kind> failed) throws Exception {
        Path log = out.resolveSibling("strace.log");
        Strace strace = Strace.failing(log, failure.call, failure.error, failure.k, failure.place(out));
        Ran ran;
        try (strace) {
            ran = merge.into(out, "--overwrite");
        }
        List<Kind> injected = strace.calls().stream()
                .filter(Strace.Call::isInjected)
                .map(call -> Kind.of(call, out))
                .toList();
        assertFalse(injected.isEmpty(), failure::toString);
        failed.addAll(injected);
        return ran;
    }

    /** All that can fail in a merge, as one shows that was watched. */
    private static Set<Failure> failures(List<Strace.Call> calls, Path out, Start start) {
        Set<Failure> failures = new LinkedHashSet<>();
        Map<Strace.Call, Integer> seen = new HashMap<>();
        for (Strace.Call call : calls) {
            int k = seen.merge(new Strace.Call(call.thread(), call.name(), call.path(), ""), 1, Integer::sum);
            Path file = out.getParent().relativize(call.path());
            failures.addAll(Stream.of(errors(call.name(), start))
                    .map(error -> new Failure(call.name(), error, k, file))
                    .toList());
        }
        return failures;
    }

    private static String[] errors(String call, Start start) {
        return switch (call) {
            case "pwrite64" ->
                start == Start.NOTHING ? new String[] {"EIO", "ENOSPC", "EINTR"} : new String[] {"EIO", "ENOSPC"};
            case "fsync", "fdatasync" -> start == Start.NOTHING ? new String[] {"EIO", "EINTR"} : new String[] {"EIO"};
            case "rename", "renameat2" -> new String[] {"EIO", "EXDEV", "EBUSY"};
            case "openat" -> start == Start.NOTHING ? new String[] {"EMFILE"} : new String[0];
            default -> new String[] {"EIO"};
        };
    }

    private static List<Strace.Call> watched(Path out) throws Exception {
        Strace strace = Strace.watching(out.resolveSibling("strace.log"), CALLS);
        Ran ran;
        try (strace) {
            ran = merge.into(out, "--overwrite");
        }
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        return strace.calls().stream()
                .filter(call -> call.path().startsWith(out.getParent()))
                .toList();
    }
}
