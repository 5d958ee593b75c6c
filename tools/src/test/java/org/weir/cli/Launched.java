package org.weir.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The launcher, in a folder that looks like a clone that was built: with the classes of this build in place of jars,
 * because the tests run before the jars are made.
 */
record Launched(Path home) {

    static Launched in(Path home) throws IOException {
        Path app =
                Files.createDirectories(home.resolve("tools/target/weir/lib")).getParent();
        Files.copy(Path.of("../weir"), home.resolve("weir"));
        home.resolve("weir").toFile().setExecutable(true);
        for (String arguments : List.of("jvm.args", "merge.args")) {
            Files.copy(Path.of("src/main/launcher").resolve(arguments), app.resolve(arguments));
        }
        writeJar(app.resolve("lib/weir.jar"));
        Files.createDirectories(home.resolve("tools/src/main"));
        for (String source : List.of("pom.xml", "tools/pom.xml")) {
            Files.createFile(home.resolve(source));
        }
        Path built = Files.writeString(app.resolve("java-home"), System.getProperty("java.home") + "\n");
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(10)));
        return new Launched(home);
    }

    /** A command that writes its results to {@code home/out.txt} and what it says to {@code home/err.txt}. */
    Process start(Map<String, String> environment, Object... args) throws IOException {
        return shell(environment, "exec \"$@\"", args);
    }

    /** The same from a script in which the launcher with its arguments is "$@". */
    Process shell(Map<String, String> environment, String script, Object... args) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of("sh", "-c", script, "sh", home.resolve("weir").toString()),
                        Arrays.stream(args).map(Object::toString))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(home.resolve("out.txt").toFile())
                .redirectError(home.resolve("err.txt").toFile());
        builder.environment().put("XDG_RUNTIME_DIR", home.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    String out() throws IOException {
        return Files.readString(home.resolve("out.txt"));
    }

    /** Without what the JDK says of itself. */
    String err() throws IOException {
        return Files.readString(home.resolve("err.txt"))
                .lines()
                .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                .collect(Collectors.joining("\n"));
    }

    /** One jar without classes, whose manifest has the class path of these tests. */
    private static void writeJar(Path jar) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(classPath.split(":"))
                                .map(Path::of)
                                .map(Path::toUri)
                                .map(URI::toString)
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream written = new JarOutputStream(out, manifest)) {
            written.flush();
        }
    }
}
