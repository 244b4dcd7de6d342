package dev.hivedeck.engine.protocol.release;

import java.net.URI;
import java.util.Set;

/**
 * A package of a release.
 *
 * @param system what it is for, for example {@code linux-x86_64-deb}
 * @param file its name
 * @param sha256 of its bytes, in lower-case hexadecimal digits
 * @param size in bytes
 * @param hosts that its address may redirect to
 */
public record ReleasePackage(
    String system, String file, URI url, String sha256, long size, Set<String> hosts) {}
