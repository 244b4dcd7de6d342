package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Discovery.Cli;
import java.util.List;

/**
 * What is on this machine of what Hivedeck works with.
 *
 * @param git its version; null where it does not run
 * @param gitRemedy what to do about that; null where it runs
 * @param clis the command line agents that Hivedeck knows, those that are missing too
 */
public record MachineFindings(String git, String gitRemedy, List<Cli> clis) {}
