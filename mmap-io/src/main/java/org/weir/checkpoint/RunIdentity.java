package org.weir.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that decides on the bytes of an output. An interrupted run may be gone on with by one that has the same, and by no
 * other.
 *
 * @param states what each thing was at the start, by its name in messages, such as "the config"
 */
public record RunIdentity(Map<String, String> states) {

    public RunIdentity {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    }

    RunIdentity with(String what, String state) {
        Map<String, String> more = new LinkedHashMap<>(states);
        more.put(what, state);
        return new RunIdentity(more);
    }

    /** What is different now, by the name of the first such thing. */
    Optional<String> differenceTo(RunIdentity now) {
        Set<String> all = new LinkedHashSet<>(states.keySet());
        all.addAll(now.states.keySet());
        return all.stream()
                .filter(what -> !Objects.equals(states.get(what), now.states.get(what)))
                .findFirst();
    }

    /** Sixty-four hexadecimal digits that are others for any other identity. */
    public String digest() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    byte[] bytes() {
        return JsonMapper.shared().writeValueAsString(states).getBytes(StandardCharsets.UTF_8);
    }

    static Optional<RunIdentity> of(byte[] bytes) {
        try {
            return Optional.of(new RunIdentity(
                    JsonMapper.shared().readValue(bytes, new TypeReference<LinkedHashMap<String, String>>() {})));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
