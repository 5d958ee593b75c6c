package org.weir.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.weir.checkpoint.Checkpoint;
import org.weir.checkpoint.ConfigJson;

/** What a plan takes from the donor's config.json, where there is one that can be read. */
final class DonorConfig {

    private DonorConfig() {}

    static OptionalInt layers(Checkpoint donor) {
        Optional<Path> file = donor.file("config.json");
        try {
            return file.isPresent() ? ConfigJson.read(file.get()).layers() : OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }
}
