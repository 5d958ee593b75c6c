package org.weir.hostile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Headers that Jazzer finds by the code that they reach. Not among the tests of every build, because it instruments the
 * JVM that it runs in: {@code JAZZER_FUZZ=1 mvn test -pl tools -am -Dtest=GuidedFuzz}. What it finds belongs into
 * {@code headers.hex}, which {@link HeaderFuzzTest} looks at in every build.
 */
class GuidedFuzz {
    private static final int LONGEST_SEED = 1024;

    @TempDir
    private static Path temp;

    private static HeaderFuzz fuzz = new HeaderFuzz(Path.of("."));

    @BeforeAll
    static void makeTheFuzz() {
        fuzz = new HeaderFuzz(temp);
    }

    static Stream<byte[]> seeds() throws IOException {
        Stream<byte[]> corpus = HostileFiles.all().stream().map(HostileFile::bytes);
        return Stream.concat(corpus, HeaderFuzz.found().stream()).filter(bytes -> bytes.length <= LONGEST_SEED);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "20s") // Jazzer's comes last
    void parserAndRulesAgreeOnWhatCoverageFinds(byte[] file) throws IOException {
        fuzz.check(file);
    }
}
