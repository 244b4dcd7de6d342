/**
 * The tasks: how far each is, what waits for what, and the person's reins. It schedules nothing
 * itself.
 */
package dev.hivedeck.ui.view.task;
