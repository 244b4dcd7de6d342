/**
 * What several screens say of a task: its attempts, who was chosen, why it waits. It shows, and
 * leads to the way out.
 */
package dev.hivedeck.ui.control.task;
