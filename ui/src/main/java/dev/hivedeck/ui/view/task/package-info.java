/**
 * The tasks, as a table or as the graph of what needs what, and the one that is looked at in full.
 * It never decides what a task may do: the engine refuses what is not possible now.
 */
package dev.hivedeck.ui.view.task;
