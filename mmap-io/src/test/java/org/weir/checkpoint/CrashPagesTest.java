package org.weir.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where HotSpot is led to; that it goes there is in {@code LauncherTest}. */
class CrashPagesTest {
    @TempDir
    private Path folder;

    @Test
    void theNameLeadsIntoTheStagingFolderForAsLongAsThatIsThere() throws IOException {
        Path told = folder.resolve("hs_err_1.log");
        Path staging = Files.createDirectory(folder.resolve("out.staging"));
        try (CrashPages _ = CrashPages.of(told, staging)) {
            Files.writeString(told, "why");
            assertEquals("why", Files.readString(staging.resolve("hs_err_1.log")));
        }
        assertFalse(Files.exists(told, LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(staging.resolve("hs_err_1.log")));
        CrashPages.removeFrom(staging);
        assertTrue(Folders.isEmpty(staging));
    }

    @Test
    void oneOfSeveralOutputsIsEnoughAndWhatIsThereIsNotTouched() throws IOException {
        Path told = folder.resolve("hs_err_1.log");
        Path staging = Files.createDirectory(folder.resolve("out.staging"));
        try (CrashPages _ = CrashPages.of(told, staging)) {
            CrashPages.of(told, folder.resolve("other.staging")).close();
            assertEquals(staging.resolve("hs_err_1.log"), Files.readSymbolicLink(told));
        }
        Files.writeString(told, "an older one");
        CrashPages.of(told, staging).close();
        assertEquals("an older one", Files.readString(told));
        CrashPages.of(folder.resolve("nowhere/hs_err_1.log"), staging).close();
    }
}
