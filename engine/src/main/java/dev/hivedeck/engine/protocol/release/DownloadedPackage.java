package dev.hivedeck.engine.protocol.release;

import java.nio.file.Path;
import java.util.List;

/**
 * A package that was downloaded and is what was signed.
 *
 * @param install what installs it
 * @param command the same, as it is typed into a terminal of this system
 * @param open what hands it to the installer of the system
 */
public record DownloadedPackage(
    Path file, List<String> install, String command, List<String> open) {}
