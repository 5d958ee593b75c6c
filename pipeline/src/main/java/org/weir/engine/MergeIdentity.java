package org.weir.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.weir.checkpoint.InputFile;
import org.weir.checkpoint.RunIdentity;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/** What a merge must have in common with an interrupted one to go on with it. */
final class MergeIdentity {

    private MergeIdentity() {}

    static RunIdentity of(MergePlan plan) throws IOException {
        Map<String, String> states = new LinkedHashMap<>();
        states.put("the version of Weir", Build.version());
        states.put("the config", plan.config().source());
        states.put("the random seed", String.valueOf(plan.options().seed()));
        states.put("what the options ask for", plan.options().ofOutput().toString());
        for (Input input : plan.files()) {
            List<InputFile> files = input.checkpoint().inputFiles();
            states.put("the number of files of " + input.reference(), String.valueOf(files.size()));
            for (InputFile file : files) {
                states.put("the input " + file.path(), file.toString());
            }
            for (Path file : input.checkpoint().companions()) {
                states.put("the file " + file, stateOf(file));
            }
        }
        return new RunIdentity(states);
    }

    /** Of a config or tokenizer, which decide on the place of layers and rows. */
    private static String stateOf(Path file) throws IOException {
        return new TreeMap<>(Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime")).toString();
    }
}
