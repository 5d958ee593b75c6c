package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A merge on one thread; of models of 3,376 parameters unless asked otherwise, which makes so few system calls that each
 * can fail once.
 *
 * @param expected the files of a merge that nothing disturbed, but for the manifest, which holds times
 */
record SmallMerge(Path config, Map<String, byte[]> expected) {
    private static final String MANIFEST = "merge-manifest.json";

    /** Makes the models and the config in a folder. */
    static SmallMerge in(Path folder) throws IOException {
        return in(folder, "--hidden", 16, "--intermediate", 32, "--layers", 1, "--vocab", 64);
    }

    /** The same with models of other sizes. */
    static SmallMerge in(Path folder, Object... sizes) throws IOException {
        Path models = folder.resolve("models");
        Ran synth = Ran.weir(
                Stream.concat(Stream.of("synth", models), Stream.of(sizes)).toArray());
        assertEquals(ExitCode.DONE, synth.code(), synth.err());
        Path config = Files.writeString(folder.resolve("ties.yml"), """
                merge_method: ties
                base_model: %1$s/base
                models: [{model: %1$s/expert-1}, {model: %1$s/expert-2}]
                parameters: {weight: 1, density: 0.3}
                """.formatted(models));
        SmallMerge merge = new SmallMerge(config, new TreeMap<>());
        Path out = folder.resolve("peace");
        Ran ran = merge.into(out);
        assertEquals(ExitCode.DONE, ran.code(), ran.err());
        for (String name : names(out)) {
            if (!name.equals(MANIFEST)) {
                merge.expected.put(name, Files.readAllBytes(out.resolve(name)));
            }
        }
        return merge;
    }

    List<String> arguments(Path out, Object... options) {
        return Stream.concat(Stream.of("merge", config, out, "-j", 1), Stream.of(options))
                .map(Object::toString)
                .toList();
    }

    /** In this JVM. */
    Ran into(Path out, Object... options) {
        return Ran.weir(arguments(out, options).toArray());
    }

    /** The output is there to the last bit, and nothing is left beside it. */
    void assertDone(Path out) throws IOException {
        assertWhole(out);
        assertEquals(List.of(), staged(out));
    }

    void assertWhole(Path out) throws IOException {
        for (Map.Entry<String, byte[]> file : expected.entrySet()) {
            assertArrayEquals(file.getValue(), Files.readAllBytes(out.resolve(file.getKey())), file.getKey());
        }
        Ran verify = Ran.weir("verify", out);
        assertEquals(ExitCode.DONE, verify.code(), verify.err());
    }

    /** What lies beside an output for the next merge. */
    static List<String> staged(Path out) throws IOException {
        return names(out.getParent()).stream()
                .filter(name -> name.startsWith(out.getFileName() + "."))
                .toList();
    }

    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
