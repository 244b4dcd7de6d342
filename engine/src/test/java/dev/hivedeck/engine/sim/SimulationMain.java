package dev.hivedeck.engine.sim;
import java.nio.file.*; import java.time.*; import java.util.*;
public class SimulationMain {
  public static void main(String[] a) throws Exception {
    ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("dev.hivedeck")).setLevel(ch.qos.logback.classic.Level.toLevel(System.getProperty("log","OFF")));
    Path f = Files.createTempDirectory(Path.of("/dev/shm"), "simx");
    Path t = f.resolve("template.db");
    dev.hivedeck.engine.store.Store.open(t, Clock.systemUTC()).close();
    long from = Long.parseLong(a[0]), to = Long.parseLong(a[1]);
    var plant = Simulation.Plant.valueOf(a.length > 2 ? a[2] : "NONE");
    int bad = 0; long t0 = System.nanoTime();
    for (long s = from; s < to; s++) {
      long b = System.nanoTime();
      List<String> w;
      try { w = new Simulation(s, f, plant).run(t); } catch (Throwable e) { e.printStackTrace(); w = List.of(e.toString()); }
      if (!w.isEmpty()) { bad++; System.out.println(s + " " + (System.nanoTime()-b)/1000000 + "ms " + w.subList(0, Math.min(3, w.size()))); }
      else if (System.getProperty("v") != null) System.out.println(s + " ok " + (System.nanoTime()-b)/1000000 + "ms");
    }
    System.out.println(bad + " bad of " + (to-from) + " in " + (System.nanoTime()-t0)/1000000 + "ms");
  }
}
