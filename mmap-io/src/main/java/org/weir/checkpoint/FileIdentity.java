package org.weir.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/** Which file a path leads to, and which state of it: two equal identities mean the same unchanged bytes. */
record FileIdentity(long device, long inode, long sizeBytes, FileTime modified, FileTime statusChanged) {

    /** Follows links: in a Hugging Face cache a shard is a link to a blob, and the blob is what counts. */
    static FileIdentity of(Path file) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
        return new FileIdentity(
                number(found, "dev"),
                number(found, "ino"),
                number(found, "size"),
                (FileTime) value(found, "lastModifiedTime"),
                (FileTime) value(found, "ctime"));
    }

    /** What is different in a later look at the same path, in words. */
    String differenceTo(FileIdentity later) {
        if (device != later.device || inode != later.inode) {
            return "another file has taken its place";
        }
        if (sizeBytes != later.sizeBytes) {
            return "it had %d bytes, now it has %d".formatted(sizeBytes, later.sizeBytes);
        }
        if (!modified.equals(later.modified)) {
            return "it was written to at " + later.modified;
        }
        return "its status changed at " + later.statusChanged;
    }

    private static long number(Map<String, Object> found, String name) {
        return ((Number) value(found, name)).longValue();
    }

    private static Object value(Map<String, Object> found, String name) {
        return Objects.requireNonNull(found.get(name), name);
    }
}
