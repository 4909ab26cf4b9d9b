/** What Slack itself says to people when an app or the network fails them. */
export const slackText = {
  unknownCommand: (command: string) =>
    `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands. ` +
    'If you are trying to send a message and not run a command, try preceding the "/" with a space.',
  commandTimeout: (command: string) => `${command} failed because the app did not respond.`,
  commandFailed: (command: string, error: string) => `${command} failed with the error "${error}"`,
  actionTimeout: 'This app did not respond in time.',
  actionStatus: (status: number) => `This app responded with Status Code ${status}.`,
  actionUnreachable: 'This app could not be reached.',
  submitTrouble: 'We had some trouble connecting. Try again?',
  optionsTrouble: 'The options for this menu could not be loaded.',
  viewGone: 'This form has been closed.',
  elementGone: 'This message has changed. Please look again.',
  notMember: 'You are not a member of this conversation.',
  noSuchPerson: 'There is no such person in this workspace.',
  notInvited: (whom: string) => `There is no ${whom === '' ? 'such app' : whom} to invite here.`,
  added: (whom: string) => `_added ${whom} to this channel_`,
  removed: (whom: string) => `_removed ${whom} from this channel_`,
  notRemoved: (whom: string) => `${whom === '' ? 'This app' : whom} is not in this channel.`,
  left: '_left this channel_',
  archived: '_archived this channel_',
  channelsOnly: (command: string) => `${command} works in channels only.`,
  messagesOff: 'Sending messages to this app has been turned off.',
  emptyMessage: 'Please write a message first.',
  badRequest: 'The page sent something that the workspace does not understand.',
} as const;
