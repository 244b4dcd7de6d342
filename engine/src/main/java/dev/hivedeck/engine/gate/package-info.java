/**
 * Validation checkpoints: gates run over what an attempt left or what a merge would make, each with
 * a verdict, a summary and findings. It judges; what follows from a verdict is decided above.
 */
package dev.hivedeck.engine.gate;
