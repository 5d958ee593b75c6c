package org.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Runs floor and merges, each in a process of its own, and checks what they did. */
final class Trials {
    private static final Pattern FLOOR = Pattern.compile("first fifth on ([0-9.]+) GB/s, sum ([0-9a-f]{16})");
    private static final Pattern STEADY = Pattern.compile("share left ([0-9.]+), seconds ([0-9.]+)");

    private final Path root;
    private final Path work;
    private final Map<List<Path>, Long> sums = new HashMap<>();
    private final Map<String, Long> outputs = new HashMap<>();

    /** @param root of the repository, where everything is built */
    Trials(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    /** Reads the inputs, writes as much as a merge of them. */
    Timing floor(Dataset data, boolean withBase, PageCache cache) throws IOException, InterruptedException {
        List<Path> inputs = data.folders(withBase);
        List<Path> files = Weights.in(inputs);
        long sum = sums.computeIfAbsent(files, PageCache::sum);
        Path out = work.resolve("floor.bin");
        List<String> command = java("Floor", "--out", out.toString(), "--out-bytes", "" + data.outputBytes());
        inputs.forEach(folder -> command.add(folder.toString()));
        cache.prepare(files);
        Launch launch = Launch.of(command, work.resolve("floor.log"));
        Files.delete(out);
        MatchResult found = find(FLOOR, launch.stdout());
        if (Long.parseUnsignedLong(found.group(2), 16) != sum) {
            throw new IOException("the floor has not read everything: " + launch.stdout());
        }
        return timing(launch, Double.parseDouble(found.group(1)));
    }

    /** Runs a merge twice: as a user does, and to see its steady rate. */
    Timing merge(Job job, Dataset data, PageCache cache) throws IOException, InterruptedException {
        List<Path> files = Weights.in(job.inputs(data));
        Path config = Files.writeString(work.resolve("config.yml"), job.config(data));
        cache.prepare(files);
        Path out = work.resolve("out");
        Launch launch = Launch.of(weir("merge", "--quiet", "" + config, "" + out), work.resolve("merge.log"));
        checkAndDelete(out, job, data);
        cache.prepare(files);
        double rate = steadyRate(config, out, Weights.bytes(job.inputs(data)));
        checkAndDelete(out, job, data);
        return timing(launch, rate);
    }

    /** The one place that knows how a merge tells its steady rate. */
    private double steadyRate(Path config, Path out, long inputBytes) throws IOException, InterruptedException {
        Launch launch = Launch.of(java("SteadyMerge", "" + config, "" + out), work.resolve("steady.log"));
        MatchResult found = find(STEADY, launch.stdout());
        return inputBytes * Double.parseDouble(found.group(1)) / (Double.parseDouble(found.group(2)) * 1e9);
    }

    /** What planning takes, and how much memory it says the merge will. */
    Planning plan(Job job, Dataset data) throws IOException, InterruptedException {
        Path config = Files.writeString(work.resolve("config.yml"), job.config(data));
        Launch launch = Launch.of(weir("plan", "--log-format", "json", "" + config), work.resolve("plan.log"));
        // each sweep says what it reads; all of them together stand before what is written
        return new Planning(
                launch.seconds(),
                number("\"memoryBytes\":([0-9]+)", launch.stdout()),
                number("\"readBytes\":([0-9]+),\"writeBytes\"", launch.stdout()));
    }

    private static long number(String pattern, String json) throws IOException {
        return Long.parseLong(find(Pattern.compile(pattern), json).group(1));
    }

    record Planning(double seconds, long memoryBytes, long readBytes) {}

    void synth(Path folder, String... options) throws IOException, InterruptedException {
        List<String> command = weir("synth", "--quiet", "" + folder);
        command.addAll(List.of(options));
        Launch.of(command, work.resolve("synth.log"));
    }

    private void checkAndDelete(Path out, Job job, Dataset data) throws IOException {
        long bytes = Weights.bytes(List.of(out));
        if (bytes < data.outputBytes() * 99 / 100) {
            throw new IOException(job.name() + " wrote " + bytes + " bytes only");
        }
        long checksum = Weights.checksum(out);
        Long before = outputs.putIfAbsent(job.config(data), checksum);
        if (before != null && before != checksum) {
            throw new IOException(job.name() + " wrote other bytes than in the run before");
        }
        Folder.delete(out);
    }

    private static Timing timing(Launch launch, double steadyRate) {
        return new Timing(launch.seconds(), steadyRate, launch.peakAnonBytes(), launch.peakResidentBytes());
    }

    private static MatchResult find(Pattern pattern, String text) throws IOException {
        return pattern.matcher(text)
                .results()
                .findFirst()
                .orElseThrow(() -> new IOException("expected " + pattern + ", found: " + text));
    }

    private List<String> weir(String... arguments) {
        List<String> command = new ArrayList<>(List.of(root.resolve("weir").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private List<String> java(String main, String... arguments) throws IOException {
        Path app = root.resolve("tools/target/weir");
        List<String> command = new ArrayList<>(List.of(
                Files.readString(app.resolve("java-home")).strip() + "/bin/java",
                "@" + app.resolve("jvm.args"),
                "@" + app.resolve("merge.args"),
                "-cp",
                root.resolve("benchmarks/target/benchmarks.jar").toString(),
                "org.weir.bench." + main));
        command.addAll(List.of(arguments));
        return command;
    }
}
