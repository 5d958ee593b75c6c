package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit code 0 means on the disk: the kernel's own account of who was synced when. */
@Timeout(120)
class DurableOrderTest {
    @TempDir
    private Path temp;

    private List<Strace.Call> calls = List.of();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesThenTheirFolderThenTheNameAreOnTheDiskBeforeItEnds(boolean replaces) throws Exception {
        Strace.require();
        SmallMerge merge = SmallMerge.in(temp);
        Path out = Files.createDirectory(temp.resolve("parent")).resolve("out");
        if (replaces) {
            Files.writeString(Files.createDirectory(out).resolve("model.safetensors"), "old");
        }
        calls = tracedMerge(merge, out);
        Path staging = out.resolveSibling("out.staging");
        int folder = last("fsync", staging);
        int name = last(replaces ? "renameat2" : "rename", staging);
        int parent = last("fsync", out.getParent());
        int end = last(call -> call.line().contains("exit_group(0")); // ")" unless another thread comes first
        assertTrue(folder < name && name < parent && parent < end, calls::toString);
        for (String file : SmallMerge.names(out)) {
            int synced = last("fsync", staging.resolve(file));
            assertTrue(last("pwrite64", staging.resolve(file)) < synced && synced < folder, file);
        }
        merge.assertDone(out);
    }

    /** In a process of its own, from its start to its end. */
    private List<Strace.Call> tracedMerge(SmallMerge merge, Path out) throws Exception {
        Path log = temp.resolve("log");
        String watched = "trace=pwrite64,fsync,rename,renameat2,exit_group";
        List<String> java = ProcessTest.command(
                List.of(), Main.class, merge.arguments(out, "--overwrite").toArray(String[]::new));
        Tool.run(Stream.concat(Stream.of("strace", "-f", "-qq", "-y", "-o", log, "-e", watched), java.stream())
                .toArray());
        return Strace.calls(log);
    }

    private int last(String name, Path path) {
        return last(call -> call.name().equals(name) && call.path().equals(path));
    }

    private int last(Predicate<Strace.Call> wanted) {
        for (int i = calls.size() - 1; i >= 0; i--) {
            if (wanted.test(calls.get(i))) {
                return i;
            }
        }
        throw new AssertionError("not one such call: " + calls);
    }
}
