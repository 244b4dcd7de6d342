package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.Manual;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The manual page, made of the same model as the help. */
@Command(
    name = "man",
    description = {
      "Print the manual page.",
      "To read it: hivedeck man | man -l -",
    })
public final class ManCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    cli.out().print(Manual.page(spec.root().commandLine()));
    return HivedeckCommand.DONE;
  }
}
