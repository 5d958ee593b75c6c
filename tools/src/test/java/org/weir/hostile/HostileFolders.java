package org.weir.hostile;

import static org.weir.hostile.HostileFolder.INDEX;
import static org.weir.hostile.HostileFolder.SINGLE;
import static org.weir.hostile.HostileFolder.accepted;
import static org.weir.hostile.HostileFolder.refused;
import static org.weir.hostile.HostileFolder.refusedIndex;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.weir.hostile.HostileFolder.Place;

/** The corpus of model folders: what is where a file should be, and indexes that lead elsewhere. */
final class HostileFolders {
    private static final String ONE = "{\"a\":\"x.safetensors\"}";

    private HostileFolders() {}

    static List<HostileFolder> all() {
        List<HostileFolder> folders = new ArrayList<>();
        noWeights(folders);
        notAFile(folders, SINGLE);
        notAFile(folders, INDEX);
        shards(folders);
        indexTexts(folders);
        indexNames(folders);
        contents(folders);
        links(folders);
        beside(folders);
        return folders;
    }

    private static void noWeights(List<HostileFolder> folders) {
        folders.add(refused("empty", folder -> {}, "no weights"));
        folders.add(refused("only-a-config", folder -> folder.text("config.json", "{}"), "no weights"));
        folders.add(refused("pickle", folder -> folder.text("pytorch_model.bin", "x"), "pytorch_model.bin", "convert"));
        folders.add(refused("pickles", folder -> folder.text("pytorch_model.bin.index.json", "{}"), "convert"));
        folders.add(refused("adapter", folder -> folder.text("adapter_config.json", "{}"), "adapter"));
        folders.add(
                refused("variant", folder -> folder.shard("model.fp16.safetensors", "a"), "model.fp16.safetensors"));
        folders.add(refused(
                "shards-without-index", folder -> folder.shard("model-00001-of-00002.safetensors", "a"), "index"));
        folders.add(refused("weights-one-folder-down", folder -> folder.shard("model/" + SINGLE, "a"), "no weights"));
        folders.add(refused("upper-case", folder -> folder.shard("MODEL.SAFETENSORS", "a"), "no weights"));
    }

    /** What may be there under the name of a file that is opened. */
    private static void notAFile(List<HostileFolder> folders, String name) {
        String kind = name.equals(INDEX) ? "index" : "single";
        folders.add(refused(kind + "-is-a-folder", folder -> folder.folder(name), name, "regular file"));
        folders.add(refused(kind + "-is-a-pipe", folder -> folder.pipe(name), name, "regular file"));
        folders.add(refused(kind + "-is-a-socket", folder -> socket(folder.at(name)), name, "regular file"));
        folders.add(
                refused(kind + "-links-nowhere", folder -> folder.link(name, Path.of("gone")), name, "regular file"));
        folders.add(
                refused(kind + "-links-to-itself", folder -> folder.link(name, Path.of(name)), name, "regular file"));
        folders.add(refused(
                kind + "-links-in-a-circle",
                folder -> folder.link(name, Path.of("b")).link("b", Path.of(name)),
                name));
        folders.add(refused(
                kind + "-links-to-its-folder", folder -> folder.link(name, Path.of(".")), name, "regular file"));
        for (String device : List.of("/dev/zero", "/dev/null", "/dev/full", "/dev/random", "/dev/tty")) {
            String label = kind + "-links-to" + device.replace('/', '-');
            folders.add(refused(label, folder -> folder.link(name, Path.of(device)), name, "regular file"));
        }
        for (String kernel : List.of(
                "/proc/version",
                "/proc/self/mem",
                "/proc/self/pagemap",
                "/sys/kernel/mm/transparent_hugepage/enabled")) {
            String label = kind + "-links-to" + kernel.replace('/', '-');
            folders.add(refused(label, folder -> folder.link(name, Path.of(kernel)), name));
        }
        folders.add(refused(kind + "-is-empty", folder -> folder.bytes(name, new byte[0]), name));
        folders.add(refused(kind + "-is-a-sparse-terabyte", folder -> folder.sparse(name, 1L << 40), name));
    }

    private static void shards(List<HostileFolder> folders) {
        folders.add(refused("shard-missing", folder -> folder.index(ONE), "x.safetensors", "no such file"));
        folders.add(refused("shard-is-a-folder", folder -> folder.index(ONE).folder("x.safetensors"), "x.safetensors"));
        folders.add(
                refused("shard-is-a-pipe", folder -> folder.index(ONE).pipe("x.safetensors"), "x.safetensors", "pipe"));
        folders.add(refused(
                "shard-is-a-socket",
                folder -> {
                    folder.index(ONE);
                    socket(folder.at("x.safetensors"));
                },
                "x.safetensors",
                "socket"));
        folders.add(refused(
                "shard-links-nowhere",
                folder -> folder.index(ONE).link("x.safetensors", Path.of("y")),
                "x.safetensors"));
        folders.add(refused(
                "shard-links-to-itself",
                folder -> folder.index(ONE).link("x.safetensors", Path.of("x.safetensors")),
                "x.safetensors"));
        folders.add(refused(
                "shard-links-to-a-device",
                folder -> folder.index(ONE).link("x.safetensors", Path.of("/dev/zero")),
                "x.safetensors",
                "device"));
        folders.add(refused(
                "shard-is-empty",
                folder -> folder.index(ONE).bytes("x.safetensors", new byte[0]),
                "x.safetensors",
                "at least 8"));
        folders.add(refused(
                "shard-is-cut-short",
                folder -> folder.index(ONE).bytes("x.safetensors", cut()),
                "x.safetensors",
                "tensor 'a'"));
        folders.add(refused(
                "shard-is-an-lfs-pointer",
                folder -> folder.index(ONE).text("x.safetensors", "version https://git-lfs.github.com/spec/v1\n"),
                "git lfs pull"));
        folders.add(refused(
                "second-shard-is-broken",
                folder -> folder.index("{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}")
                        .shard("x.safetensors", "a")
                        .text("y.safetensors", "<html>nothing</html>"),
                "y.safetensors"));
    }

    private static void indexTexts(List<HostileFolder> folders) {
        String[] bad = {
            "",
            " ",
            "[]",
            "null",
            "\"weight_map\"",
            "{",
            "{}",
            "{\"weight_map\":{\"a\":\"x.safetensors\"}",
            "{\"metadata\":{}}",
            "{\"weight_map\":[]}",
            "{\"weight_map\":null}",
            "{\"weight_map\":\"x.safetensors\"}",
            "{\"weight_map\":{}}",
            "{\"weight_map\":{\"a\":1}}",
            "{\"weight_map\":{\"a\":null}}",
            "{\"weight_map\":{\"a\":[\"x.safetensors\"]}}",
            "{\"weight_map\":" + ONE + "}{}",
            "{\"weight_map\":" + ONE + "}\0",
            "{\"weight_map\":" + ONE + ",\"weight_map\":" + ONE + "}",
            "{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}}",
            "{\"weight_map\":{\"a\":\"x.safetensors\",\"\\u0061\":\"x.safetensors\"}}",
            "{\"weight_map\":{\"a\\ud800\":\"x.safetensors\"}}",
            "{'weight_map':{'a':'x.safetensors'}}",
            "\ufeff{\"weight_map\":" + ONE + "}",
            "{\"x\":" + "[".repeat(100_000) + "}",
            "{\"x\":1e999,\"weight_map\":" + ONE + "}",
            "\0".repeat(4096)
        };
        for (int i = 0; i < bad.length; i++) {
            String text = bad[i];
            folders.add(refused(
                    "index-text-" + i, folder -> folder.text(INDEX, text).shard("x.safetensors", "a"), INDEX));
        }
        folders.add(refused(
                "index-in-utf-16",
                folder -> folder.bytes(INDEX, ("{\"weight_map\":" + ONE + "}").getBytes(StandardCharsets.UTF_16LE))
                        .shard("x.safetensors", "a"),
                INDEX));
        folders.add(refused(
                "index-not-utf-8",
                folder -> folder.bytes(INDEX, "{\"é\":1}".getBytes(StandardCharsets.ISO_8859_1)),
                INDEX,
                "UTF-8"));
        folders.add(
                refused("index-of-more-than-100-MB", folder -> folder.sparse(INDEX, 100_000_001), INDEX, "100000001"));
        folders.add(accepted(
                "index-with-more-than-it-needs",
                1,
                folder -> folder.text(
                                INDEX, "{\"weight_map\":" + ONE + ",\"x\":[{}],\"metadata\":{\"total_size\":-1e3}}")
                        .shard("x.safetensors", "a")));
        folders.add(accepted(
                "index-without-metadata",
                1,
                folder -> folder.text(INDEX, "{\"weight_map\":" + ONE + "}").shard("x.safetensors", "a")));
        folders.add(accepted(
                "index-beside-a-single-file",
                1,
                folder -> folder.index(ONE).shard("x.safetensors", "a").shard(SINGLE, "a", "b")));
    }

    /** No name in an index leads out of its folder, and none to anything but weights. */
    private static void indexNames(List<HostileFolder> folders) {
        String[] names = {
            "../outside/x.safetensors",
            "../x.safetensors",
            "/x.safetensors",
            "/etc/x.safetensors",
            "//x.safetensors",
            "./x.safetensors",
            "x.safetensors/",
            "x.safetensors/.",
            "a/x.safetensors",
            "a/../x.safetensors",
            "..",
            ".",
            "",
            " ",
            "..\\\\x.safetensors",
            "C:\\\\x.safetensors",
            "x.safetensors\\u0000",
            "\\u0000.safetensors",
            "x.bin",
            "x",
            "x.safetensors.bak",
            "X.SAFETENSORS",
            "~/x.safetensors",
            "file:///x.safetensors",
            "https://example.com/x.safetensors",
            "\\ud800.safetensors"
        };
        for (String name : names) {
            String label = "index-names-" + (folders.size() + 1);
            folders.add(refusedIndex(label, "{\"a\":\"" + name + "\"}", INDEX));
        }
        folders.add(
                refusedIndex("index-names-something-endless", "{\"a\":\"" + "x".repeat(300) + ".safetensors\"}", "x"));
        folders.add(refusedIndex("index-names-a-million", "{\"a\":\"" + "x".repeat(1 << 20) + ".safetensors\"}", "x"));
        String[] odd = {
            "é.safetensors",
            "😀.safetensors",
            "a b.safetensors",
            "\\n.safetensors",
            "\\u001b[31m.safetensors",
            "-rf.safetensors",
            "\\\".safetensors",
            "$(x).safetensors"
        };
        for (String name : odd) {
            String plain =
                    name.replace("\\n", "\n").replace("\\u001b", "\u001b").replace("\\\"", "\"");
            String label = "index-names-odd-" + (folders.size() + 1);
            folders.add(accepted(
                    label, 1, folder -> folder.index("{\"a\":\"" + name + "\"}").shard(plain, "a")));
        }
    }

    private static void contents(List<HostileFolder> folders) {
        folders.add(refused(
                "tensor-listed-but-absent",
                folder -> folder.index("{\"a\":\"x.safetensors\",\"b\":\"x.safetensors\"}")
                        .shard("x.safetensors", "a"),
                INDEX,
                "tensor 'b'"));
        folders.add(refused(
                "tensor-there-but-not-listed",
                folder -> folder.index(ONE).shard("x.safetensors", "a", "b"),
                "x.safetensors",
                "tensor 'b'"));
        folders.add(refused(
                "tensor-in-two-shards",
                folder -> folder.index("{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}")
                        .shard("x.safetensors", "a")
                        .shard("y.safetensors", "a", "b"),
                "tensor 'a'"));
        folders.add(refused(
                "tensor-in-the-other-shard",
                folder -> folder.index("{\"a\":\"y.safetensors\",\"b\":\"x.safetensors\"}")
                        .shard("x.safetensors", "a")
                        .shard("y.safetensors", "b"),
                "tensor '"));
        folders.add(refused(
                "one-file-as-two-shards",
                folder -> {
                    folder.index("{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}")
                            .shard("x.safetensors", "a", "b");
                    Files.createLink(folder.at("y.safetensors"), folder.at("x.safetensors"));
                },
                "tensor '"));
        folders.add(refused(
                "metadata-listed-as-a-tensor",
                folder -> folder.index("{\"__metadata__\":\"x.safetensors\",\"a\":\"x.safetensors\"}")
                        .shard("x.safetensors", "a"),
                "__metadata__"));
        folders.add(refused(
                "name-that-drives-the-terminal",
                folder -> folder.index("{\"\\u001b[2J\\n\":\"x.safetensors\"}").shard("x.safetensors", "a"),
                "tensor 'a'"));
    }

    private static void links(List<HostileFolder> folders) {
        folders.add(accepted("links-to-blobs-as-in-a-cache", 1, folder -> {
            Files.createDirectories(folder.outside());
            Files.write(folder.outside().resolve("blob"), Place.tensors("a"));
            folder.link(SINGLE, Path.of("../outside/blob"));
        }));
        folders.add(accepted("link-through-a-link", 1, folder -> {
            folder.shard("blob", "a").link("between", Path.of("blob")).link(SINGLE, Path.of("between"));
        }));
        folders.add(refused(
                "link-through-a-file", folder -> folder.text("file", "x").link(SINGLE, Path.of("file/x")), SINGLE));
        folders.add(refused(
                "links-forty-one-deep",
                folder -> {
                    folder.shard("link-0", "a");
                    for (int i = 1; i <= 41; i++) {
                        folder.link("link-" + i, Path.of("link-" + (i - 1)));
                    }
                    folder.link(SINGLE, Path.of("link-41"));
                },
                SINGLE));
    }

    /** Files beside the weights never stop a folder from being opened. */
    private static void beside(List<HostileFolder> folders) {
        folders.add(accepted(
                "config-is-a-pipe", 1, folder -> folder.shard(SINGLE, "a").pipe("config.json")));
        folders.add(accepted(
                "tokenizer-is-a-pipe", 1, folder -> folder.shard(SINGLE, "a").pipe("tokenizer.json")));
        folders.add(accepted(
                "folder-links-to-itself", 1, folder -> folder.shard(SINGLE, "a").link("self", Path.of("."))));
        folders.add(accepted(
                "names-that-drive-the-terminal",
                1,
                folder -> folder.shard(SINGLE, "a").text("\u001b[2J\n", "x")));
    }

    private static byte[] cut() {
        byte[] whole = Place.tensors("a");
        return Arrays.copyOf(whole, whole.length - 1);
    }

    /** Stays when nobody listens any more. A path to it must be short, so it is made elsewhere and moved. */
    private static void socket(Path place) throws IOException {
        Path shortFolder = Files.createTempDirectory("weir");
        Path made = shortFolder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(made));
        }
        Files.move(made, place);
        Files.delete(shortFolder);
    }
}
