package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.weir.checkpoint.FolderCheck;
import org.weir.checkpoint.MalformedCheckpointException;
import org.weir.checkpoint.Manifest;
import org.weir.plan.MergePlan;
import tools.jackson.databind.JsonNode;

/** The output of a merge that is over. */
public final class FinishedMerge {

    private FinishedMerge() {}

    /** Whether a folder is, to the last bit, what that plan makes of its inputs as they are; the folder is read for that. */
    public static boolean isSound(MergePlan plan, Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve(Manifest.FILE_NAME))) {
            return false;
        }
        try {
            JsonNode manifest = Manifest.read(folder);
            return manifest.path("identity")
                            .asString("")
                            .equals(MergeIdentity.of(plan).digest())
                    && new FolderCheck(folder, manifest)
                            .run(plan.memory().workers(), _ -> {})
                            .isEmpty();
        } catch (MalformedCheckpointException e) {
            return false;
        }
    }
}
