package org.weir.hostile;

import java.util.List;
import java.util.stream.Stream;

/** The corpus of single files, over all rules of the format. */
final class HostileFiles {
    private HostileFiles() {}

    static List<HostileFile> all() {
        return Stream.of(LengthWords.all(), Encodings.all(), JsonOddities.all(), Entries.all(), Places.all())
                .flatMap(List::stream)
                .toList();
    }
}
