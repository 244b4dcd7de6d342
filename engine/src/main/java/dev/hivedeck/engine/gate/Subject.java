package dev.hivedeck.engine.gate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is judged: the difference between two commits, checked out in a folder.
 *
 * @param owns patterns of the paths that the agent may change; empty for all
 * @param environment for commands, carrying the attempt's marks
 */
public record Subject(
    Path folder, String base, String head, List<String> owns, Map<String, String> environment) {}
