package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long it takes to find agents' scripts in a repository, and to import them all: through the
 * API of an engine, with 10,000 files beside them.
 */
@Tag("bench")
class DiscoveryBench {
  @TempDir Path folder;

  @Test
  void findAndImportAll() throws Exception {
    System.out.println("scripts   found ms   imported ms   found again ms");
    for (int scripts : new int[] {250, 1_000}) {
      var sandbox = new TestRepository(folder.resolve("of-" + scripts));
      for (int i = 0; i < 10_000; i++) {
        sandbox.write("src/part-" + i % 100 + "/file-" + i + ".txt", "nothing\n");
      }
      for (int i = 0; i < scripts; i++) {
        String path = "agents/worker-" + i + ".py";
        sandbox.write(
            path,
            "#!/usr/bin/env python3\n\"\"\"Tests and lints part %d.\"\"\"\n".formatted(i)
                + "print('a line of work')\n".repeat(200));
        Files.setPosixFilePermissions(
            sandbox.repository.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      sandbox.commit("Agents");
      try (var engine = sandbox.open()) {
        engine.query(
            new Query.Definitions()); // The machine is warm, as it is when one looks around.
        long began = System.nanoTime();
        var found = Json.as(engine.query(new Query.Definitions()), Definitions.class);
        double look = (System.nanoTime() - began) / 1e6;
        began = System.nanoTime();
        engine.execute(
            new Command.ImportAgents(found.definitions().stream().map(Definition::id).toList()),
            null);
        double imported = (System.nanoTime() - began) / 1e6;
        began = System.nanoTime();
        engine.query(new Query.Definitions());
        double again = (System.nanoTime() - began) / 1e6;
        System.out.printf("%7d   %8.0f   %11.0f   %14.0f%n", scripts, look, imported, again);
      }
    }
  }
}
