package org.weir.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.MalformedCheckpointException;
import org.weir.hostile.HostileFile.Verdict;

/** Every file of the corpus gets the verdict that was written down for it, from the library and from the commands. */
@Timeout(60)
class HostileFilesTest {
    private static final String NAME = "x.safetensors";

    @TempDir
    private Path temp;

    static List<HostileFile> files() {
        return HostileFiles.all();
    }

    @Test
    void coverEveryRuleWithMoreThanTwoHundredFiles() {
        assertTrue(files().size() >= 500, () -> files().size() + " files");
        assertEquals(
                files().size(),
                new HashSet<>(files().stream().map(HostileFile::name).toList()).size());
    }

    @ParameterizedTest
    @MethodSource("files")
    void areTakenOrRefusedAsTheFormatSays(HostileFile hostile) throws IOException {
        Path file = Files.write(temp.resolve(NAME), hostile.bytes());
        if (hostile.verdict() == Verdict.ACCEPTED) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertEquals(hostile.tensors(), checkpoint.tensors().size());
            }
        } else {
            var refusal = assertThrows(MalformedCheckpointException.class, () -> Checkpoint.open(file));
            List<String> words = new ArrayList<>(hostile.words());
            words.add(file + ": ");
            Said.assertRefusal(String.valueOf(refusal.getMessage()), words);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void haveTheSameVerdictByTheRulesWrittenOutAgain(HostileFile hostile) {
        FormatRules.Finding finding = FormatRules.of(hostile.bytes());
        assertEquals(hostile.verdict(), finding.verdict());
        assertEquals(
                hostile.tensors(),
                hostile.verdict() == Verdict.ACCEPTED ? finding.tensors().size() : 0);
    }

    @Test
    void areShownOrRefusedInOneLineByInspect() throws IOException {
        Path file = temp.resolve(NAME);
        List<HostileFile> files = files();
        for (int i = 0; i < files.size(); i += 3) {
            HostileFile hostile = files.get(i);
            Files.write(file, hostile.bytes());
            Said said = Said.by("inspect", file);
            if (hostile.verdict() == Verdict.ACCEPTED) {
                assertEquals(Said.DONE, said.code(), () -> hostile + ": " + said.err());
                String last = said.out().lines().toList().getLast();
                assertTrue(last.contains(": " + hostile.tensors() + " tensors in 1 shard"), last);
            } else {
                said.assertRefused(Said.INPUT, hostile.words());
            }
        }
    }

    @Test
    void areRefusedInOneLineByPlanAndLeaveNoOutput() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("models"));
        Path file = folder.resolve(NAME);
        Path config = Files.writeString(
                temp.resolve("linear.yml"),
                "merge_method: linear\nmodels: [{model: %s}]\nparameters: {weight: 1}\n".formatted(file));
        List<HostileFile> refused = files().stream()
                .filter(hostile -> hostile.verdict() != Verdict.ACCEPTED)
                .toList();
        for (int i = 0; i < refused.size(); i += 7) {
            Files.write(file, refused.get(i).bytes());
            for (String command : List.of("plan", "merge")) {
                Said.by(command, config, temp.resolve("out"))
                        .assertRefused(Said.INPUT, refused.get(i).words());
            }
        }
        try (var left = Files.list(temp)) {
            assertEquals(
                    List.of("linear.yml", "models"),
                    left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }
}
