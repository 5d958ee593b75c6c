package org.weir.checkpoint;

import java.io.Closeable;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file behind a shard while its checkpoint is open. Mapped pages need no descriptor; those that other ways of reading
 * need are opened when somebody first asks, and kept as long as there is room for more: see {@link DescriptorLimit}.
 */
public final class SourceFile implements Closeable {
    private final Path path;
    private final MemorySegment mapped;
    private volatile @Nullable Descriptor cached;
    private volatile @Nullable Descriptor direct;

    SourceFile(Path path, MemorySegment mapped) {
        this.path = path;
        this.mapped = mapped;
    }

    Path path() {
        return path;
    }

    /** All of it. */
    MemorySegment mapped() {
        return mapped;
    }

    /** For reads through the page cache, and advice about it. Goes back by {@link #done}. */
    Descriptor cached() {
        Descriptor known = cached;
        return known != null ? known : openCached();
    }

    /** For reads of whole blocks past the page cache, or, where the file system refuses, without read-ahead. */
    Descriptor direct() {
        Descriptor known = direct;
        return known != null ? known : openDirect();
    }

    /** Closes what was only opened for once. */
    void done(Descriptor used) {
        if (used != cached && used != direct) {
            used.close();
        }
    }

    /** Lets go of cached pages; a length of 0 is all the rest. */
    void forget(long offsetBytes, long lengthBytes) {
        Descriptor file = cached();
        file.forget(offsetBytes, lengthBytes);
        done(file);
    }

    @Override
    public synchronized void close() {
        for (Descriptor opened : new Descriptor[] {cached, direct}) {
            if (opened != null) {
                opened.close();
                DescriptorLimit.give();
            }
        }
    }

    private synchronized Descriptor openCached() {
        Descriptor known = cached;
        if (known == null) {
            known = Descriptor.open(path);
            cached = known.isOpen() && DescriptorLimit.take() ? known : null;
        }
        return known;
    }

    private synchronized Descriptor openDirect() {
        Descriptor known = direct;
        if (known == null) {
            known = Descriptor.openDirect(path);
            known = known.isOpen() ? known : Descriptor.open(path).withoutReadAhead();
            direct = known.isOpen() && DescriptorLimit.take() ? known : null;
        }
        return known;
    }
}
