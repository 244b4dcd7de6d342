package dev.hivedeck.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The real agents that tests find. */
public final class Installed {
  private Installed() {}

  /**
   * The program of an agent: that of the profile, or for one that the profile does not install, as
   * it is not free software, the one on the PATH. Where there is none the test is skipped.
   */
  public static String program(String agent) {
    var path = Stream.of(System.getenv("PATH").split(File.pathSeparator));
    var program =
        Stream.concat(Stream.of(System.getProperty("hivedeck.agents")), path)
            .map(folder -> Path.of(folder, agent))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), agent + " is not installed");
    return program.orElseThrow().toString();
  }
}
