package org.weir.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.weir.checkpoint.Checksums;
import org.weir.checkpoint.Crc32c;
import org.weir.checkpoint.InputFile;
import org.weir.checkpoint.Manifest;
import org.weir.checkpoint.OutputFile;
import org.weir.checkpoint.ShardLayout;
import org.weir.checkpoint.TensorInfo;
import org.weir.method.MethodInfo;
import org.weir.plan.Account;
import org.weir.plan.FusedStep;
import org.weir.plan.Input;
import org.weir.plan.MergePlan;

/** What was made, from what, how, with which checksums: the {@code merge-manifest.json} of an output. */
final class MergeManifest implements Manifest.Content {
    private static final double NANOS_PER_SECOND = 1e9;

    private final MergePlan plan;
    private final MergeReport report;
    private final Checksums checksums;
    private final boolean resumed;
    private final SettingsList settings;
    private final Map<String, TensorFacts> facts = new HashMap<>();

    /** @param resumed whether the report is about the end of a merge that was interrupted */
    MergeManifest(MergePlan plan, MergeReport report, Checksums checksums, boolean resumed) {
        this.plan = plan;
        this.report = report;
        this.checksums = checksums;
        this.resumed = resumed;
        this.settings = new SettingsList(plan);
        report.facts().forEach(found -> facts.put(found.tensor(), found));
    }

    @Override
    public void writeTo(Manifest manifest) throws IOException {
        manifest.with("format", 1)
                .with("weir", Build.version())
                .with("made", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .with("method", plan.method().name())
                .with("seed", plan.options().seed())
                .with("options", plan.options().ofOutput())
                .with("config", plan.config().source())
                .with("defaults", defaults(plan.method()))
                .with("configFile", plan.config().file().toString())
                .with("workingFolder", Path.of("").toAbsolutePath().toString())
                .with("identity", MergeIdentity.of(plan).digest())
                .with("notes", plan.notes());
        if (plan.config().name().isPresent()) {
            manifest.with("step", plan.config().name().get());
        }
        List<Map<String, ?>> inputs = new ArrayList<>();
        List<Map<String, ?>> leftOut = new ArrayList<>();
        account(plan, Optional.empty(), inputs, leftOut);
        manifest.with("inputs", inputs.stream())
                .with("leftOut", leftOut.stream())
                .with("settings", settings.entries())
                .with("shards", shards())
                .with("tensors", tensors())
                .with("files", checksums.others().stream().map(MergeManifest::file))
                .with("lastRun", lastRun());
    }

    /** What a parameter is where the config does not say: it may be another in another version. */
    private static Map<String, String> defaults(MethodInfo method) {
        Map<String, String> defaults = new TreeMap<>();
        method.params().stream()
                .filter(param -> !param.required() && !param.isIgnored())
                .forEach(param -> defaults.put(param.name(), param.defaultText()));
        return defaults;
    }

    /** What an interrupted merge did before is not in it. */
    private Map<String, Object> lastRun() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resumed", resumed);
        json.put("readBytes", report.readBytes());
        json.put("seconds", report.elapsed().toNanos() / NANOS_PER_SECOND);
        json.put("stages", report.stages().stream().map(MergeManifest::stage).toList());
        return json;
    }

    /** In the order of {@link MergePlan#files}: what the plan reads, then what the steps read that are fused into it. */
    private static void account(
            MergePlan plan, Optional<String> step, List<Map<String, ?>> inputs, List<Map<String, ?>> leftOut)
            throws IOException {
        for (Account account : plan.accounts()) {
            if (!plan.isFused(account.input())) {
                inputs.add(input(account, step));
            }
        }
        plan.accounts().stream().distinct().flatMap(MergeManifest::leftOut).forEach(leftOut::add);
        for (FusedStep fused : plan.fused()) {
            account(fused.plan(), Optional.of(fused.name()), inputs, leftOut);
        }
    }

    private static Stream<Map<String, Object>> leftOut(Account account) {
        return account.leftOut().entrySet().stream()
                .flatMap(reason -> reason.getValue().stream().map(tensor -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("input", account.input().reference());
                    json.put("tensor", tensor);
                    json.put("because", reason.getKey());
                    return json;
                }));
    }

    private static Map<String, ?> input(Account account, Optional<String> step) throws IOException {
        Input input = account.input();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("reference", input.reference());
        step.ifPresent(name -> json.put("ofStep", name));
        json.put("role", input.role().name().toLowerCase(Locale.ROOT));
        json.put("path", input.checkpoint().path().toRealPath().toString());
        json.put("tensors", account.counts());
        List<Map<String, Object>> files = new ArrayList<>();
        for (InputFile file : input.checkpoint().inputFiles()) {
            files.add(inputFile(file));
        }
        json.put("files", files);
        return json;
    }

    private static Map<String, Object> inputFile(InputFile file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", String.valueOf(file.path().getFileName()));
        json.put("bytes", file.bytes());
        json.put("headerCrc32c", Crc32c.text(file.headerCrc32c()));
        json.put("device", file.device());
        json.put("inode", file.inode());
        json.put("modified", file.modified().toString());
        json.put("statusChanged", file.statusChanged().toString());
        return json;
    }

    private Stream<Map<String, Object>> shards() {
        return IntStream.range(0, checksums.shards().size()).mapToObj(i -> {
            Map<String, Object> json = file(checksums.shards().get(i));
            json.put("headerBytes", plan.layout().shards().get(i).headerBytes());
            json.put("headerCrc32c", Crc32c.text(checksums.headers().get(i)));
            return json;
        });
    }

    private static Map<String, Object> file(OutputFile file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.name());
        json.put("bytes", file.bytes());
        json.put("crc32c", Crc32c.text(file.crc32c()));
        return json;
    }

    private Stream<Map<String, Object>> tensors() {
        return IntStream.range(0, plan.tensors().size()).mapToObj(this::tensor);
    }

    private Map<String, Object> tensor(int number) {
        TensorInfo info = plan.layout().tensors().get(number);
        ShardLayout.Place place = plan.layout().places().get(number);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", info.name());
        json.put("dtype", info.dtype().name());
        json.put("shape", info.shape().dims());
        json.put("treatment", plan.tensors().get(number).treatment());
        json.putAll(settings.of(plan.tensors().get(number)));
        json.put("file", plan.layout().shards().get(place.shard()).fileName());
        json.put("offset", place.offsetBytes());
        json.put("bytes", info.bytes());
        json.put("crc32c", Crc32c.text(checksums.tensors().get(number)));
        Optional.ofNullable(facts.get(info.name())).ifPresent(found -> json.put("facts", found));
        return json;
    }

    private static Map<String, Object> stage(StageTime time) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stage", time.label());
        json.put("seconds", time.nanos() / NANOS_PER_SECOND);
        json.put("bytes", time.bytes());
        return json;
    }
}
