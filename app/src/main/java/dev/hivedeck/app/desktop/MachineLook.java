package dev.hivedeck.app.desktop;

import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.view.welcome.MachineFindings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Looks at what is on this machine, for whoever has no repository open yet. */
final class MachineLook {
  private MachineLook() {}

  static MachineFindings look() {
    var clis = clis();
    try {
      var said = new Git(Path.of("").toAbsolutePath()).must("--version").strip();
      return new MachineFindings(said.replaceFirst("^git version ", ""), null, clis);
    } catch (HiveException e) {
      return new MachineFindings(null, e.hint(), clis);
    }
  }

  private static List<Cli> clis() {
    try {
      return new CliScan(HostEnvironment.here(), CliScan.PATIENCE, Clock.systemUTC()).look().clis();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
