package org.weir.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadSpeedTest {
    @TempDir
    private Path temp;

    @Test
    void aMeasuredSpeedIsRememberedWhereTheUserKeepsCaches() throws IOException {
        Path file = ReadSpeed.file(temp.toString());
        assertEquals(OptionalDouble.empty(), ReadSpeed.remembered(file));
        ReadSpeed.remember(file, 20e9);
        ReadSpeed.remember(file, 21e9);
        assertEquals(OptionalDouble.of(21e9), ReadSpeed.remembered(file));
        assertTrue(Files.readString(file).contains("21000000000"));
    }

    @Test
    void aCacheThatCannotBeUsedIsNoFailure() throws IOException {
        Path file = ReadSpeed.file(Files.writeString(temp.resolve("file"), "").toString());
        ReadSpeed.remember(file, 20e9);
        assertEquals(OptionalDouble.empty(), ReadSpeed.remembered(file));
        Path broken = ReadSpeed.file(temp.toString());
        Files.createDirectories(broken.getParent());
        Files.writeString(broken, "\\u12");
        assertEquals(OptionalDouble.empty(), ReadSpeed.remembered(broken));
    }

    @Test
    void theProbeMeasuresWhatMemoryCanBe() throws Exception {
        double speed = ReadProbe.bytesPerSecond();
        assertTrue(speed > 1e8 && speed < 1e13, speed + " bytes a second");
    }
}
