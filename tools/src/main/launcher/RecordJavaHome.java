import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * Notes which JDK the build found, for the launcher, in a file dated to the start of the build: a source edited while
 * the build ran is newer than the file, and so the launcher builds again.
 */
class RecordJavaHome {
    static void main(String[] args) throws Exception {
        Path record = Files.writeString(Path.of(args[0]), System.getProperty("java.home") + "\n");
        Files.setLastModifiedTime(record, FileTime.from(Instant.parse(args[1])));
    }
}
