package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place where merge cannot write is refused by plan, in the same words, and neither leaves a trace there. */
class OutputPlaceTest {
    @TempDir
    private Path models;

    @TempDir
    private Path temp;

    private Path config = Path.of("");

    @BeforeEach
    void makeModels() throws IOException {
        assertEquals(0, Ran.weir("synth", models, "--experts", 1).code());
        config = Files.writeString(models.resolve("linear.yml"), """
                merge_method: linear
                models: [{model: %1$s/base}, {model: %1$s/expert-1}]
                parameters: {weight: 1}
                """.formatted(models));
    }

    @Test
    void belowAFile() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        refused(file.resolve("deep/out"), file + ": is in the way: it is not a folder");
    }

    @Test
    void aFileEvenWithOverwrite() throws IOException {
        Path file = Files.createFile(temp.resolve("out"));
        refused(file, file + ": is there already and is not a folder");
        refused(file, file + ": is there already and is not a folder", "--overwrite");
    }

    @Test
    void aFolderWithoutACheckpointEvenWithOverwrite() throws IOException {
        Path home = temp.resolve("home");
        Files.createFile(Files.createDirectory(home).resolve("thesis.tex"));
        refused(home, home + ": is there already and not empty; choose another name, or --overwrite to replace it");
        refused(
                home,
                home + ": is not overwritten because it holds no checkpoint; remove it if it may go",
                "--overwrite");
    }

    @Test
    void aLinkThatLeadsNowhere() throws IOException {
        Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nothing"));
        refused(link, link + ": is a link to something that is not there");
    }

    /** Its own fits, but what lies beside it while it is made has a longer one. */
    @Test
    void aNameThatIsTooLongForTheFilesBesideIt() throws IOException {
        for (Path out : List.of(Path.of("x".repeat(240)), Path.of("deep", "x".repeat(240)))) {
            Path place = temp.resolve(out);
            refused(place, place + ": cannot be used as a name (File name too long): .staging.journal is added to it");
        }
        Path empty = Files.createDirectory(temp.resolve("e".repeat(255)));
        refused(empty, empty + ": cannot be used as a name (File name too long): .staging.journal is added to it");
    }

    @Test
    void besideAStagingFolderThatNoMergeLeft() throws IOException {
        Path staging = Files.createDirectory(temp.resolve("out.staging"));
        refused(temp.resolve("out"), staging + ": is in the way, and no unfinished merge left it; rename or remove it");
    }

    @Test
    void besideTheStagingFolderOfAMergeThatDied() throws IOException {
        Files.createDirectory(temp.resolve("out.staging"));
        Files.writeString(temp.resolve("out.staging.lock"), "weir: process 1, since then\n");
        Ran plan = Ran.weir("plan", config, temp.resolve("out"));
        assertEquals(ExitCode.DONE, plan.code(), plan.err());
        assertEquals(List.of("out.staging", "out.staging.lock"), SmallMerge.names(temp));
        Ran merge = Ran.weir("merge", config, temp.resolve("out"));
        assertEquals(ExitCode.DONE, merge.code(), merge.err());
        assertEquals(List.of("out"), SmallMerge.names(temp));
    }

    /** The owner of a folder cannot write in it if so said, but root can: then a read-only mount has to do. */
    @Test
    void whereNobodyMayWrite() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("closed"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        Optional<Path> place = Stream.concat(Stream.of(folder), readOnlyMounts())
                .filter(closed -> Files.isDirectory(closed) && !Files.isWritable(closed))
                .findFirst();
        assumeTrue(place.isPresent());
        refused(place.get().resolve("deep/out"), place.get() + ": cannot be written to");
    }

    private static Stream<Path> readOnlyMounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> List.of(fields[3].split(",")).contains("ro"))
                .map(fields -> Path.of(fields[1]));
    }

    @Test
    void aPlaceIsRefusedTogetherWithWhatElseIsWrong() throws IOException {
        Path file = Files.createFile(temp.resolve("out"));
        Files.writeString(config, Files.readString(config).replace("weight: 1", "weight: 0"));
        Ran plan = Ran.weir("plan", config, file);
        assertTrue(plan.err().contains("sum to 0"), plan.err());
        assertTrue(plan.err().contains("is there already and is not a folder"), plan.err());
    }

    private void refused(Path out, String problem, String... options) throws IOException {
        List<String> before = SmallMerge.names(temp);
        for (String command : List.of("plan", "merge")) {
            Object[] words = Stream.concat(Stream.of(command, config, out), Stream.of(options))
                    .toArray();
            Ran ran = Ran.weir(words);
            assertEquals(1, ran.errLines().size(), ran.err());
            assertTrue(ran.err().startsWith("weir: " + problem), ran.err());
            assertEquals(ExitCode.USAGE, ran.code(), command);
        }
        assertEquals(before, SmallMerge.names(temp));
    }
}
