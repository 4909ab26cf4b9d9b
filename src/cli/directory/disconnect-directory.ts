import { disconnectPhoneSystem } from '../../org/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const disconnectDirectoryCommand = defineCommand({
  name: 'directory disconnect',
  summary: 'forget the phone system’s key; the directory stays as it is',
  params: { company: companyOption() },
  async run({ db, clock }, { company }) {
    const wasConnected = await disconnectPhoneSystem({ db, clock }, company.id);
    return {
      lines: [wasConnected ? 'Disconnected.' : 'It was not connected.'],
      value: { wasConnected },
    };
  },
});
