package dev.hivedeck.engine.protocol.release;

import java.nio.file.Path;
import java.util.List;

/**
 * A package that was downloaded and is what was signed.
 *
 * @param install what installs it, to be typed into a terminal
 * @param open what hands it to the installer of the system
 */
public record DownloadedPackage(Path file, List<String> install, List<String> open) {}
